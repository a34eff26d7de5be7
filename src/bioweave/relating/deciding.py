"""How sure the tagger has to be before it tells of a relation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bioweave.relating.calibration import Calibrator

UNKNOWN = 0.5
"""The threshold where nothing was measured."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """From log-odds to what is told: a curve and a threshold for each label, in their order."""

    calibrator: Calibrator
    thresholds: tuple[float, ...]

    @classmethod
    def plain(cls, n_labels: int) -> Deciding:
        """Without a dev split to choose on: whatever is likelier than not."""
        return cls(Calibrator.plain(n_labels), (UNKNOWN,) * n_labels)

    def of(self, places: Sequence[int]) -> Deciding:
        """The same for some of the labels."""
        slopes, shifts = self.calibrator.slopes, self.calibrator.shifts
        return Deciding(
            Calibrator(
                tuple(slopes[place] for place in places), tuple(shifts[place] for place in places)
            ),
            tuple(self.thresholds[place] for place in places),
        )


def choose_threshold(
    probabilities: npt.NDArray[np.floating],
    is_gold: npt.NDArray[np.bool_],
    n_out_of_reach: int = 0,
) -> float:
    """The one threshold under which F1 over all labels of a task is highest.

    `probabilities` and `is_gold` are [pairs, labels] of one task, or [pairs] of one label.
    `n_out_of_reach` counts gold relations that are no pair. Of calibrated probabilities those from
    some value on are told where micro-F1 is highest, whatever their label (Lipton et al., 2014):
    a threshold for each label would learn the dev documents' chance.

    The threshold lies halfway between the last probability that is told and the next that is not.
    """
    ranked, is_right = probabilities.ravel(), is_gold.ravel()
    n_gold = int(is_right.sum()) + n_out_of_reach
    if not len(ranked) or not n_gold:
        return UNKNOWN
    order = np.argsort(-ranked, kind="stable")
    ranked = np.concatenate(([1.0], ranked[order], [0.0]))
    n_told = np.arange(len(order) + 1)
    n_right = np.concatenate(([0], np.cumsum(is_right[order])))
    f1 = 2.0 * n_right / (n_told + n_gold)
    # Equal probabilities are told together or not at all.
    is_possible = ranked[:-1] > ranked[1:]
    is_possible[-1] = True
    # Of equally good thresholds the highest: told is told to people.
    cut = int(np.argmax(np.where(is_possible, f1, -1.0)))
    return float((ranked[cut] + ranked[cut + 1]) / 2.0)
