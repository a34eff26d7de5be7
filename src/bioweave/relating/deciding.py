"""How sure the tagger has to be before it tells of a relation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bioweave.relating.calibration import FEWEST, Calibrator

UNKNOWN = 0.5
"""The threshold where nothing was measured."""

_ROUNDS = 5


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


def choose_thresholds(
    probabilities: npt.NDArray[np.floating],
    is_gold: npt.NDArray[np.bool_],
    n_out_of_reach: Mapping[int, int] | Sequence[int] = (),
) -> tuple[float, ...]:
    """A threshold for each label, under which F1 over all of them is highest.

    `probabilities` and `is_gold` are [pairs, labels] of one task. `n_out_of_reach[label]` counts
    gold relations that are no pair. First the best common threshold; then label by label, for those
    with 20 gold relations or more: what a rarer one would choose is chance.
    """
    n_labels = probabilities.shape[1]
    missed = [_of(n_out_of_reach, label) for label in range(n_labels)]
    n_gold = int(is_gold.sum()) + sum(missed)
    common = _best(probabilities.ravel(), is_gold.ravel(), (0, 0), n_gold)
    thresholds = [common] * n_labels
    for _ in range(_ROUNDS):
        before = list(thresholds)
        for label in range(n_labels):
            if is_gold[:, label].sum() < FEWEST:
                continue
            others = [other for other in range(n_labels) if other != label]
            is_told = probabilities[:, others] >= [thresholds[other] for other in others]
            told = int(is_told.sum()), int((is_told & is_gold[:, others]).sum())
            thresholds[label] = _best(probabilities[:, label], is_gold[:, label], told, n_gold)
        if thresholds == before:
            break
    return tuple(thresholds)


def _of(counts: Mapping[int, int] | Sequence[int], label: int) -> int:
    if isinstance(counts, Mapping):
        return counts.get(label, 0)
    return counts[label] if label < len(counts) else 0


def _best(
    probabilities: npt.NDArray[np.floating],
    is_gold: npt.NDArray[np.bool_],
    told_beside: tuple[int, int],
    n_gold: int,
) -> float:
    """The threshold with the best F1 of these and of what is told (and right) beside them.

    Halfway between the last probability that is told and the next one that is not.
    """
    if not len(probabilities) or not n_gold:
        return UNKNOWN
    order = np.argsort(-probabilities, kind="stable")
    ranked = np.concatenate(([1.0], probabilities[order], [0.0]))
    n_told = np.arange(len(order) + 1) + told_beside[0]
    n_right = np.concatenate(([0], np.cumsum(is_gold[order]))) + told_beside[1]
    f1 = 2.0 * n_right / np.maximum(n_told + n_gold, 1)
    # Equal probabilities are told together or not at all.
    is_possible = ranked[:-1] > ranked[1:]
    is_possible[-1] = True
    # Of equally good thresholds the highest: told is told to people.
    cut = int(np.argmax(np.where(is_possible, f1, -1.0)))
    return float((ranked[cut] + ranked[cut + 1]) / 2.0)
