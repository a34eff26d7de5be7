"""The values of `fuse --method`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from bioweave.bundle import FusionMethod


class FusionMethodName(StrEnum):
    """A way of pooling, or the best of them."""

    BEST = "best"
    MEAN = "mean"
    WEIGHTED = "weighted"
    LOG_LINEAR = "log-linear"
    VOTE = "vote"
    STACKING = "stacking"

    @property
    def chosen(self) -> FusionMethod | None:
        """The method; None where it is to be chosen."""
        return None if self is FusionMethodName.BEST else cast("FusionMethod", self.value)
