"""How far two weighings of the same words agree."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Weights = npt.NDArray[np.float64]

# How many of the heaviest words are compared: what a reader looks at.
TOP = 5


class Agreement(NamedTuple):
    """`correlation` is Spearman's, of signed weights; `overlap` the share of common top words."""

    correlation: float
    overlap: float


def agreement(first: Weights, second: Weights) -> Agreement | None:
    """How far they agree; None where that means nothing.

    It does for fewer than three words, and where one side weighs all words alike. Top words are
    those that speak most for the mention, `TOP` of them; for sentences of no more, half of them.
    """
    if len(first) < 3 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    n_top = top_of(len(first))
    tops = (set(np.argsort(-one, kind="stable")[:n_top].tolist()) for one in (first, second))
    common = set.intersection(*tops)
    correlation = float(np.corrcoef(ranks(first), ranks(second))[0, 1])
    return Agreement(correlation, len(common) / n_top)


def top_of(n_words: int) -> int:
    """How many words are the top of a sentence of so many."""
    return TOP if n_words > TOP else max(n_words // 2, 1)


def ranks(weights: Weights) -> Weights:
    """Ranks from 0, the mean of their places for equal weights.

    >>> ranks(np.array([0.5, 0.1, 0.5])).tolist()
    [1.5, 0.0, 1.5]
    """
    _, inverse, counts = np.unique(weights, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    middle: Weights = (ends - 1 + ends - counts) / 2
    shared: Weights = middle[inverse]
    return shared
