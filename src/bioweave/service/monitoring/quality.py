"""Precision, recall and F1 of a model by what people corrected, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

# [documents, labels, 3]: right, wrong, missed, as strict matching counts them.
CorrectedCounts = npt.NDArray[np.int64]

MEASURES = ("precision", "recall", "f1")
_RESAMPLES = 1000
_SEED = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A ratio, and from where to where it lies in 95% of the resamples."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LabelQuality:
    """What corrections say of one label, or of all; `support` is how many mentions are right.

    A measure is None where nothing was found (precision) or nothing is there (recall).
    """

    precision: Estimate | None
    recall: Estimate | None
    f1: Estimate | None
    support: int


@dataclass(frozen=True, slots=True)
class Quality:
    """Of so many corrected documents: all labels in one pot, and each by itself."""

    n_documents: int
    overall: LabelQuality
    by_label: Mapping[str, LabelQuality]


def counts_of(rows: Sequence[Mapping[str, Any]], labels: Sequence[str]) -> CorrectedCounts:
    """Rows of corrections, {label: [right, wrong, missed]}, as an array over these labels."""
    nothing = (0, 0, 0)
    table = [[row.get(label, nothing) for label in labels] for row in rows]
    return np.array(table, np.int64).reshape(len(rows), len(labels), 3)


def quality_of(counts: CorrectedCounts, labels: Sequence[str]) -> Quality | None:
    """The quality over some documents; None where there is none.

    Intervals are percentiles of a bootstrap over documents (Efron, 1979), for mentions of one
    document are alike; the same counts have the same intervals. They tell how far the figure
    depends on which of such documents were corrected. That people choose which, they cannot tell.
    """
    n_documents = len(counts)
    if not n_documents:
        return None
    rng = np.random.default_rng(_SEED)
    # How often each document is drawn: as good as drawing one by one, and one product.
    drawn = rng.multinomial(n_documents, np.full(n_documents, 1 / n_documents), _RESAMPLES)
    by_label = np.concatenate([counts.sum(axis=1, keepdims=True), counts], axis=1)
    totals = by_label.sum(axis=0)
    flat = by_label.reshape(n_documents, -1).astype(np.float64)
    resampled = (drawn @ flat).reshape(_RESAMPLES, len(labels) + 1, 3)
    found = [_of_label(totals[place], resampled[:, place]) for place in range(len(labels) + 1)]
    return Quality(n_documents, found[0], dict(zip(labels, found[1:], strict=True)))


def _of_label(totals: npt.NDArray[np.int64], resampled: npt.NDArray[np.float64]) -> LabelQuality:
    right, wrong, missed = totals.tolist()
    hits, n_wrong, n_missed = resampled[:, 0], resampled[:, 1], resampled[:, 2]
    return LabelQuality(
        precision=_estimate(right, right + wrong, hits, hits + n_wrong),
        recall=_estimate(right, right + missed, hits, hits + n_missed),
        f1=_estimate(
            2 * right, 2 * right + wrong + missed, 2 * hits, 2 * hits + n_wrong + n_missed
        ),
        support=right + missed,
    )


def _estimate(
    part: int, whole: int, parts: npt.NDArray[np.float64], wholes: npt.NDArray[np.float64]
) -> Estimate | None:
    """The ratio; resamples without anything below the line have none and are left out."""
    if not whole:
        return None
    there = wholes > 0
    low, high = np.percentile(parts[there] / wholes[there], [2.5, 97.5])
    return Estimate(part / whole, float(low), float(high))
