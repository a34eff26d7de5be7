"""Pools as arrays, for a bundle to keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from bioweave.fusion.pools import LinearPool, LogLinearPool, Pool
from bioweave.fusion.stacking import StackingPool


def pool_arrays(pool: Pool) -> dict[str, npt.NDArray[Any]]:
    """What `load_pool` makes the same pool of."""
    if isinstance(pool, LinearPool):
        return {"weights": pool.weights, "temperatures": pool.temperatures}
    if isinstance(pool, LogLinearPool):
        return {"weights": pool.weights}
    if isinstance(pool, StackingPool):
        sizes = np.array([pool.n_members, pool.n_hits])
        return {"matrix": pool.matrix, "bias": pool.bias, "sizes": sizes}
    raise TypeError(f"{type(pool).__name__} cannot be kept")


def load_pool(arrays: Mapping[str, npt.NDArray[Any]]) -> Pool:
    """The pool of `pool_arrays`; ValueError for arrays that are no pool's."""
    names = set(arrays)
    if names == {"weights", "temperatures"}:
        return LinearPool(arrays["weights"], arrays["temperatures"])
    if names == {"weights"}:
        return LogLinearPool(arrays["weights"])
    if names == {"matrix", "bias", "sizes"}:
        n_members, n_hits = arrays["sizes"].tolist()
        return StackingPool(arrays["matrix"], arrays["bias"], n_members, n_hits)
    raise ValueError(f"no pool has the arrays {', '.join(sorted(names)) or 'none'}")
