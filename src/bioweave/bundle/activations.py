"""What flows through a graph -> 8-bit integers and their scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bioweave.bundle.rewriting import GraphRewriter

_UNSIGNED = 255
_SIGNED = 127

# Constants by these names bring a row to the range of its integers, and back.
STEPS_NAME = "int8.steps_"
SHARE_NAME = "int8.share_"

# What has a floor needs few integers below zero: the least value, and how many it gets. Its peaks
# are so rare and so high that a fixed scale would be too coarse for all the rest.
WITH_FLOOR = {"Gelu": (-0.17, 32), "Relu": (0.0, 0)}

# How much of what makes a feature stand out moves into the weights, which have a scale for each
# column and are rounded with care: half, as SmoothQuant does, doubles the error of a fixed scale.
_SMOOTHING = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Quantised:
    """The last axis of a value: near `(integers - zero_point) * scale * feature_factors`.

    `integers`, `zero_point` and `scale` name values of the graph. A fixed scale is a number, any
    other has one for each row. `feature_factors` [K] belong into the rows of the matrices that
    the integers are multiplied by.
    """

    integers: str
    zero_point: str
    scale: str
    is_fixed: bool
    feature_factors: npt.NDArray[np.float32]

    def transposed(self, graph: GraphRewriter, axes: Sequence[int]) -> Quantised:
        """The same with other axes in front; the last one stays."""
        integers = graph.add("Transpose", [self.integers], f"{self.integers}.turned", perm=axes)
        scale = self.scale
        if not self.is_fixed:
            scale = graph.add("Transpose", [scale], f"{scale}.turned", perm=axes)
        return replace(self, integers=integers, scale=scale)


def quantise_at_once(
    graph: GraphRewriter,
    value: str,
    largest: npt.NDArray[np.float32],
    weights: Sequence[npt.NDArray[Any]],
) -> Quantised:
    """One scale for good, for features of known size [K] that are multiplied by `weights`."""
    factors = _smoothing_factors(largest, weights)
    divisors = graph.constant(f"{value}.smoothing", 1 / factors)
    smooth = graph.add("Mul", [value, divisors], f"{value}.smooth")
    reach = max(float((largest / factors).max()), 1e-10)
    scale = graph.constant(f"{value}.scale", np.float32(reach / _SIGNED))
    zero_point = graph.constant("int8.zero_128", np.uint8(128))
    integers = graph.add("QuantizeLinear", [smooth, scale, zero_point], f"{value}.integers")
    return Quantised(integers, zero_point, scale, True, factors)


def quantise_rows_anew(
    graph: GraphRewriter, value: str, operator: str, n_features: int
) -> Quantised:
    """A scale for each row, computed on the way; `operator` is what makes the value."""
    axis = graph.constant("int8.last_axis", np.array([-1], dtype=np.int64))
    if operator in WITH_FLOOR:
        floor, steps_below = WITH_FLOOR[operator]
        steps, zero = _UNSIGNED - steps_below, steps_below
        # A row that stays low gets steps large enough for its floor.
        least = -floor * steps / steps_below if steps_below else 1e-10
        sizes = value
    else:
        steps, zero, least = _SIGNED, 128, 1e-10
        sizes = graph.add("Abs", [value], f"{value}.sizes")
    reach = graph.add("ReduceMax", [sizes, axis], f"{value}.reach", keepdims=1)
    floor_name = graph.constant(f"int8.least_{least:.6g}", np.float32(least))
    share = graph.constant(f"{SHARE_NAME}{steps}", np.float32(1 / steps))
    count = graph.constant(f"{STEPS_NAME}{steps}", np.float32(steps))
    zero_point = graph.constant(f"int8.zero_{zero}", np.uint8(zero))
    reach = graph.add("Max", [reach, floor_name], f"{value}.safe_reach")
    scale = graph.add("Mul", [reach, share], f"{value}.scale")
    factor = graph.add("Div", [count, reach], f"{value}.factor")
    scaled = graph.add("Mul", [value, factor], f"{value}.scaled")
    # With a scale of 1 this only rounds, shifts and saturates.
    one = graph.constant("int8.one", np.float32(1))
    integers = graph.add("QuantizeLinear", [scaled, one, zero_point], f"{value}.integers")
    factors = np.ones(n_features, dtype=np.float32)
    return Quantised(integers, zero_point, scale, False, factors)


def _smoothing_factors(
    sizes: npt.NDArray[np.float32], weights: Sequence[npt.NDArray[Any]]
) -> npt.NDArray[np.float32]:
    """How much of each feature's size [K] moves from what flows into the weights, [K, N] each.

    SmoothQuant (Xiao et al., 2023), equation 4.
    """
    fixed = np.max([np.abs(one).max(axis=1) for one in weights], axis=0)
    factors = np.maximum(sizes, 1e-5) ** _SMOOTHING / np.maximum(fixed, 1e-5) ** (1 - _SMOOTHING)
    return np.asarray(factors / factors.mean(), dtype=np.float32)
