"""How well scores rank: the area under the ROC curve."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bioweave.scoring.tokens import B_TAG, I_TAG, Tags, is_outside


class TokenAuc(NamedTuple):
    """One class against the rest; None where gold has only one side, and `macro` skips it."""

    B: float | None
    I: float | None  # noqa: E741 -- the class's own name
    O: float | None  # noqa: E741
    macro: float | None


def roc_auc(is_positive: npt.NDArray[np.bool_], scores: npt.NDArray[np.floating]) -> float | None:
    """The chance that a positive's score is above a negative's, ties counting half.

    That is the Mann-Whitney statistic over the number of pairs (Hanley and McNeil, 1982). It is
    counted in whole numbers and so exact up to the last division. None if all are positive or
    none is; ValueError for a score that is not a number.

    >>> roc_auc(np.array([True, False, False]), np.array([0.9, 0.9, 0.1]))
    0.75
    """
    if np.isnan(scores).any():
        raise ValueError("a score is not a number, and so has no rank")
    positives = scores[is_positive]
    negatives = np.sort(scores[~is_positive])
    if not len(positives) or not len(negatives):
        return None
    # Sorted needles walk the sorted stack in order, which is several times faster.
    positives.sort()
    n_below = int(np.searchsorted(negatives, positives, side="left").sum())
    n_not_above = int(np.searchsorted(negatives, positives, side="right").sum())
    return (n_below + n_not_above) / (2 * len(positives) * len(negatives))


def score_token_ranking(gold: Tags, probabilities: npt.NDArray[np.floating]) -> TokenAuc:
    """ROC AUC of B, I and O, each against the rest.

    `gold` is [words, labels] as in `score_tokens`; `probabilities` is [words, labels, 3] with
    columns B, I, O of each label alone, as in `TokenScores`. B and I rank pairs of word and
    label. O ranks words: by the product of the labels' O probabilities, exact for one label
    and, for several, as if they were independent.
    """
    if probabilities.shape != (*gold.shape, 3):
        raise ValueError(
            f"probabilities are {probabilities.shape}, expected {(*gold.shape, 3)} for gold tags "
            f"{gold.shape}"
        )
    outside = probabilities[..., 2].prod(axis=1, dtype=np.float64)
    areas = (
        roc_auc((gold == B_TAG).ravel(), probabilities[..., 0].ravel()),
        roc_auc((gold == I_TAG).ravel(), probabilities[..., 1].ravel()),
        roc_auc(is_outside(gold), outside),
    )
    known = [area for area in areas if area is not None]
    return TokenAuc(*areas, macro=sum(known) / len(known) if known else None)
