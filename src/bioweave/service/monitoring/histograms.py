"""Counts by bin, and how much more they vary between documents than single items would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bioweave.errors import BundleError
from bioweave.service.monitoring.distances import Counts, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Items by bin, int64 [bins]; `design_effect` is 1 for items that were drawn one by one."""

    bins: tuple[str, ...]
    counts: Counts
    design_effect: float = 1.0

    @property
    def shares(self) -> list[float]:
        """The share of each bin; all 0 where nothing was counted."""
        total = int(self.counts.sum())
        return [count / total if total else 0.0 for count in self.counts.tolist()]

    def to_json(self) -> dict[str, Any]:
        """As a reference's file holds it."""
        return {
            "bins": list(self.bins),
            "counts": self.counts.tolist(),
            "design_effect": round(self.design_effect, 4),
        }

    @classmethod
    def from_json(cls, data: Any) -> Histogram:
        """The way back; raises BundleError where it is none."""
        try:
            bins = tuple(map(str, data["bins"]))
            counts = np.array([int(one) for one in data["counts"]], np.int64)
            effect = float(data["design_effect"])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise BundleError(f"no histogram: {type(error).__name__}: {error}") from error
        if len(bins) != len(counts) or (counts < 0).any() or not 1 <= effect < 1e6:
            raise BundleError("no histogram: its bins, counts and design effect do not fit")
        return cls(bins, counts, effect)


class Tally:
    """Counts document by document, for a histogram that knows its design effect.

    The share of a bin is a ratio of two sums over documents; its variance is that of the ratio
    estimator over clusters (Cochran, 1977, section 2.11), held against what items drawn one by
    one would have.
    """

    def __init__(self, bins: Sequence[str]) -> None:
        self._bins = tuple(bins)
        self._n_documents = 0
        self._n_items_squared = 0
        self._counts = np.zeros(len(self._bins), np.int64)
        self._squares = np.zeros(len(self._bins), np.int64)
        self._products = np.zeros(len(self._bins), np.int64)

    def add(self, places: Sequence[int]) -> None:
        """Count a document's items, each by the place of its bin."""
        counts = np.bincount(np.asarray(places, np.int64), minlength=len(self._bins))
        n_items = len(places)
        self._n_documents += 1
        self._n_items_squared += n_items * n_items
        self._counts += counts
        self._squares += counts * counts
        self._products += counts * n_items

    def histogram(self) -> Histogram:
        """What was counted."""
        return Histogram(self._bins, self._counts.copy(), self._design_effect())

    def _design_effect(self) -> float:
        """The mean over bins, weighted as Rao and Scott (1981) do; 1 at least."""
        n_items, n = int(self._counts.sum()), self._n_documents
        used = self._counts > 0
        n_bins = int(np.count_nonzero(used))
        if n < 2 or n_bins < 2:
            return 1.0
        share: Floats = self._counts[used] / n_items
        between = (
            self._squares[used]
            - 2 * share * self._products[used]
            + share * share * self._n_items_squared
        )
        variance = between * n / (n - 1) / n_items**2
        # By bin: variance * items / (share (1 - share)), each with the weight 1 - share.
        return max(1.0, float(np.sum(variance * n_items / share)) / (n_bins - 1))
