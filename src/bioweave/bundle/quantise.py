"""A float32 graph -> a smaller and faster one in 8-bit integers, still independent of the batch.

Weights get a scale for each column, embedding tables one for each row, once and for all. What
flows through the graph gets its scale and its offset anew at each piece: a piece's numbers never
depend on its neighbours in the batch, unlike those of ONNX Runtime's dynamic quantisation, whose
scale is taken over the whole batch and decided by its outliers. No calibration is needed.

Attention, normalisation, recurrent layers and the last layer stay in float32. `docs/decisions`
has the figures of the ways that were tried.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bioweave.bundle.fusing import fuse_gelu
from bioweave.bundle.rewriting import CONTRIB, GraphRewriter
from bioweave.bundle.weights import quantise_columns, quantise_rows

if TYPE_CHECKING:
    from onnx import NodeProto

_SMALLEST_SIDE = 32  # of a matrix; below it integers gain nothing
_SMALLEST_TABLE = 2000  # rows; smaller tables weigh little


def quantise_graph(source: Path, target: Path) -> None:
    """Write the 8-bit twin of the float32 graph in `source`.

    Inputs and outputs stay. Raises MissingExtraError without the `train` extra.
    """
    graph = GraphRewriter(source)
    fuse_gelu(graph)
    last = _last_products(graph)
    quantised_rows: dict[str, _Rows] = {}
    for node in graph.nodes:
        if _is_product(node, graph) and node.output[0] not in last:
            rows = quantised_rows.get(node.input[0])
            if rows is None:
                rows = quantised_rows[node.input[0]] = _Rows(graph, node.input[0])
            _add_product(graph, node, rows)
        elif _is_large_look_up(node, graph):
            _add_look_up(graph, node)
        else:
            graph.keep(node)
    graph.finish_pass()
    graph.save(target)


class _Rows:
    """The last axis of a value in 8 bits, about its own middle: `integers * scale + middle`.

    A row's middle is halfway between its least and its largest number, so that the few outlying
    features of an encoder, all on one side, do not cost half of the range.
    """

    def __init__(self, graph: GraphRewriter, value: str) -> None:
        axis = graph.constant("int8.last_axis", np.array([-1], dtype=np.int64))
        half = graph.constant("int8.half", np.float32(0.5))
        tiny = graph.constant("int8.tiny", np.float32(1e-10))
        largest = graph.constant("int8.largest", np.float32(127))
        share = graph.constant("int8.share", np.float32(1 / 127))
        one = graph.constant("int8.one", np.float32(1))
        self.zero_point = graph.constant("int8.zero_point", np.uint8(128))

        high = graph.add("ReduceMax", [value, axis], f"{value}.high", keepdims=1)
        low = graph.add("ReduceMin", [value, axis], f"{value}.low", keepdims=1)
        both = graph.add("Add", [high, low], f"{value}.both")
        self.middle = graph.add("Mul", [both, half], f"{value}.middle")
        reach = graph.add("Sub", [high, self.middle], f"{value}.reach")
        reach = graph.add("Max", [reach, tiny], f"{value}.safe_reach")
        self.scale = graph.add("Mul", [reach, share], f"{value}.scale")
        factor = graph.add("Div", [largest, reach], f"{value}.factor")
        centred = graph.add("Sub", [value, self.middle], f"{value}.centred")
        scaled = graph.add("Mul", [centred, factor], f"{value}.scaled")
        # With a scale of 1 this only rounds, shifts and saturates.
        self.integers = graph.add(
            "QuantizeLinear", [scaled, one, self.zero_point], f"{value}.integers"
        )


def _add_product(graph: GraphRewriter, node: NodeProto, rows: _Rows) -> None:
    name, output = node.input[1], node.output[0]
    integers, scales = quantise_columns(graph.constants[name])
    # What the rows' middles contribute: each column's sum.
    sums = integers.sum(axis=0, dtype=np.int64) * scales.astype(np.float64)
    weights = graph.constant(f"{name}.integers", integers)
    weight_scales = graph.constant(f"{name}.scales", scales)
    column_sums = graph.constant(f"{name}.sums", sums.astype(np.float32))
    one = graph.constant("int8.one", np.float32(1))

    product = graph.add(
        "MatMulIntegerToFloat",
        [rows.integers, weights, one, weight_scales, rows.zero_point],
        f"{output}.product",
        domain=CONTRIB,
    )
    scaled = graph.add("Mul", [product, rows.scale], f"{output}.scaled")
    shift = graph.add("Mul", [rows.middle, column_sums], f"{output}.shift")
    graph.add("Add", [scaled, shift], output)


def _add_look_up(graph: GraphRewriter, node: NodeProto) -> None:
    (name, indices), output = node.input, node.output[0]
    integers, scales = quantise_rows(graph.constants[name])
    table = graph.constant(f"{name}.integers", integers)
    table_scales = graph.constant(f"{name}.scales", scales)
    picked = graph.add("Gather", [table, indices], f"{output}.picked")
    floats = graph.add("Cast", [picked], f"{output}.floats", to=1)
    scale = graph.add("Gather", [table_scales, indices], f"{output}.picked_scale")
    graph.add("Mul", [floats, scale], output)


def _is_product(node: NodeProto, graph: GraphRewriter) -> bool:
    """Whether it multiplies by a constant matrix that is large enough."""
    if node.op_type != "MatMul" or node.domain:
        return False
    weights = graph.constants.get(node.input[1])
    return (
        weights is not None
        and weights.dtype == np.float32
        and weights.ndim == 2
        and min(weights.shape) >= _SMALLEST_SIDE
    )


def _is_large_look_up(node: NodeProto, graph: GraphRewriter) -> bool:
    """Whether it takes rows of a large constant table."""
    if node.op_type != "Gather" or any(one.name == "axis" and one.i for one in node.attribute):
        return False
    table = graph.constants.get(node.input[0])
    return (
        table is not None
        and table.dtype == np.float32
        and table.ndim == 2
        and len(table) >= _SMALLEST_TABLE
    )


def _last_products(graph: GraphRewriter) -> set[str]:
    """The outputs of the products right before the graph's outputs, biases aside."""
    makers = {output: node for node in graph.nodes for output in node.output}
    reached = [output.name for output in graph.model.graph.output]
    last = set()
    for name in reached:
        node = makers.get(name)
        if node is None:
            continue
        if node.op_type == "MatMul":
            last.add(name)
        elif node.op_type in ("Add", "Identity"):
            reached.extend(node.input)
    return last
