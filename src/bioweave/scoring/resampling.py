"""How far a score depends on which documents happened to be in the test set.

Documents are what is drawn, not mentions: mentions of one document resemble each other.
Everything works on counts per document, int64 [documents, 3] as `RuleScores.by_document`
gives them, and is the same for the same seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

DocumentCounts = npt.NDArray[np.int64]

# Draws held in memory at once; how many changes no result.
_CHUNK_DRAWS = 1_000_000


class Interval(NamedTuple):
    """From the lower to the upper percentile of `resamples` resampled scores."""

    low: float
    high: float
    resamples: int


def f1_of(counts: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """F1 of counts [..., 3]; 0 where there is nothing gold and nothing predicted."""
    doubled_hits = 2.0 * counts[..., 0]
    whole = doubled_hits + counts[..., 1] + counts[..., 2]
    f1: npt.NDArray[np.float64] = np.divide(
        doubled_hits, whole, out=np.zeros_like(whole), where=whole > 0
    )
    return f1


def bootstrap_interval(
    counts: DocumentCounts, *, resamples: int = 1000, level: float = 0.95, seed: int = 0
) -> Interval:
    """A percentile interval of F1 (Efron, 1979): documents are drawn with replacement."""
    _check(counts, resamples)
    scores = [f1_of(counts[drawn].sum(axis=1)) for drawn in _drawn(len(counts), resamples, seed)]
    return _percentiles(np.concatenate(scores), level)


def bootstrap_difference(
    first: DocumentCounts,
    second: DocumentCounts,
    *,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """A percentile interval of F1(first) - F1(second), both over the same drawn documents."""
    _check(first, resamples, second)
    differences = [
        f1_of(first[drawn].sum(axis=1)) - f1_of(second[drawn].sum(axis=1))
        for drawn in _drawn(len(first), resamples, seed)
    ]
    return _percentiles(np.concatenate(differences), level)


def bootstrap_p_value(
    first: DocumentCounts, second: DocumentCounts, *, resamples: int = 10_000, seed: int = 0
) -> float:
    """How sure the paired bootstrap is of which system is better: two-sided.

    Twice the share of resamples in which the difference in F1 falls on the other side of 0, or on
    it (Efron and Tibshirani, 1993, chapter 15.4); the observed difference counts as a resample.
    """
    _check(first, resamples, second)
    n_above = n_below = 1
    for drawn in _drawn(len(first), resamples, seed):
        difference = f1_of(first[drawn].sum(axis=1)) - f1_of(second[drawn].sum(axis=1))
        n_above += int(np.count_nonzero(difference >= 0))
        n_below += int(np.count_nonzero(difference <= 0))
    return min(1.0, 2.0 * min(n_above, n_below) / (resamples + 1))


def randomisation_p_value(
    first: DocumentCounts, second: DocumentCounts, *, resamples: int = 10_000, seed: int = 0
) -> float:
    """How often chance alone makes two systems' F1 differ as much as they do: two-sided.

    Approximate randomisation (Noreen, 1989; Yeh, 2000): each document's two outcomes are
    swapped with probability one half. The observed one counts as a resample, so the value is
    never 0 and the test is exact.
    """
    _check(first, resamples, second)
    observed = abs(float(f1_of(first.sum(axis=0)) - f1_of(second.sum(axis=0))))
    total = first.sum(axis=0) + second.sum(axis=0)
    gain = second - first
    rng = np.random.default_rng(seed)
    n_as_large = 0
    for n_rows in _chunks(resamples, len(first)):
        is_swapped = rng.integers(2, size=(n_rows, len(first)), dtype=np.int64)
        shuffled = first.sum(axis=0) + is_swapped @ gain
        difference = np.abs(f1_of(shuffled) - f1_of(total - shuffled))
        # Equal differences can come out a rounding apart.
        n_as_large += int(np.count_nonzero(difference >= observed - 1e-12))
    return (n_as_large + 1) / (resamples + 1)


def _drawn(n_documents: int, resamples: int, seed: int) -> Iterator[npt.NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    for n_rows in _chunks(resamples, n_documents):
        yield rng.integers(n_documents, size=(n_rows, n_documents))


def _chunks(resamples: int, n_documents: int) -> Iterator[int]:
    n_rows = max(1, _CHUNK_DRAWS // n_documents)
    for start in range(0, resamples, n_rows):
        yield min(n_rows, resamples - start)


def _percentiles(scores: npt.NDArray[np.float64], level: float) -> Interval:
    tail = 50.0 * (1.0 - level)
    low, high = np.percentile(scores, [tail, 100.0 - tail])
    return Interval(float(low), float(high), len(scores))


def _check(first: DocumentCounts, resamples: int, second: DocumentCounts | None = None) -> None:
    if resamples < 1:
        raise ValueError(f"{resamples} resamples asked for, at least 1 is needed")
    if first.ndim != 2 or first.shape[1] != 3 or not len(first):
        raise ValueError(f"counts are {first.shape}, expected [documents, 3] with a document")
    if second is not None and second.shape != first.shape:
        raise ValueError(f"counts of two systems differ in shape: {first.shape}, {second.shape}")
