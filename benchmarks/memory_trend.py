"""Whether a server's memory grows with the requests that it has answered."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Between two looks, in requests.
EVERY = 1_000
_MB = 2**20


@dataclass(frozen=True, slots=True)
class Trend:
    """Bytes before the first request, and after each 1,000.

    The first 1,000 fill what is filled once: models' buffers, caches. The line is fitted by least
    squares to what comes after them.
    """

    at_start: int
    after: Sequence[int]

    @property
    def slope(self) -> float | None:
        """Bytes that each 1,000 requests add; None for fewer than three looks."""
        if len(self.after) < 3:
            return None
        return statistics.linear_regression(range(len(self.after)), self.after).slope

    @property
    def growth(self) -> float | None:
        """How much of the memory that it begins with the line adds from its first to its last."""
        if self.slope is None:
            return None
        line = statistics.linear_regression(range(len(self.after)), self.after)
        return line.slope * (len(self.after) - 1) / line.intercept

    def to_json(self) -> dict[str, Any]:
        """In MB."""
        slope, growth = self.slope, self.growth
        return {
            "at_start": round(self.at_start / _MB, 1),
            "after_each_1000": [round(one / _MB, 1) for one in self.after],
            "slope_per_1000": None if slope is None else round(slope / _MB, 3),
            "growth": None if growth is None else round(growth, 4),
        }
