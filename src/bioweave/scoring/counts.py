"""True positives, false positives and false negatives, and the ratios made of them.

A ratio with nothing below its line is 0: no gold gives recall 0, no prediction gives precision 0,
and neither gives F1 0. That is what seqeval, conlleval and scikit-learn (`zero_division=0`)
report, so figures compare; `support` 0 tells such a 0 from a failure.
"""

from __future__ import annotations

from typing import NamedTuple


class Score(NamedTuple):
    """Precision, recall and F1 as fractions of 1; `support` is how many gold items there are."""

    precision: float
    recall: float
    f1: float
    support: int


class Counts(NamedTuple):
    """How many predictions were right and wrong, and how many gold items were missed.

    >>> Counts(true_positives=3, false_positives=1, false_negatives=3).score()
    Score(precision=0.75, recall=0.5, f1=0.6, support=6)
    """

    true_positives: int
    false_positives: int
    false_negatives: int

    def score(self) -> Score:
        """The ratios of these counts."""
        hits, wrong, missed = self
        return Score(
            precision=ratio(hits, hits + wrong),
            recall=ratio(hits, hits + missed),
            f1=ratio(2 * hits, 2 * hits + wrong + missed),
            support=hits + missed,
        )


def ratio(part: float, whole: float) -> float:
    """`part / whole`, or 0 where `whole` is 0."""
    return part / whole if whole else 0.0
