"""A bundle's graph -> the one that a GPU runs: products in 16-bit floats, none in integers.

The products of an int8 graph become products of floats again, with the weights as they were
rounded: CUDA has no kernel for them, and what int8 rounds on the way needs no rounding there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bioweave.bundle.activations import SHARE_NAME, STEPS_NAME
from bioweave.bundle.rewriting import GraphRewriter

if TYPE_CHECKING:
    from onnx import NodeProto

# A mask's lowest score; times any softmax it is nothing, and sums of two of them stay finite.
_LARGEST = 1e4
# Kept in 32 bits by default, for older versions of CUDA's kernels.
_HALVED_AS_WELL = ("Max", "Min")


def half_precision(path: Path) -> bytes:
    """The model in a file as a GPU's, float32 or int8 alike; inputs and outputs stay.

    Raises MissingExtraError where onnx is not installed.
    """
    graph = GraphRewriter(path)
    _without_integers(graph)
    # Part of ONNX Runtime, and of its own accord it imports onnx.
    from onnxruntime.transformers.float16 import DEFAULT_OP_BLOCK_LIST, convert_float_to_float16

    model = graph.as_model()
    for number, node in enumerate(model.graph.node):
        # What is put between nodes is named after them.
        node.name = f"node_{number}"
    halved = convert_float_to_float16(
        model,
        keep_io_types=True,
        max_finite_val=_LARGEST,
        op_block_list=[one for one in DEFAULT_OP_BLOCK_LIST if one not in _HALVED_AS_WELL],
    )
    written: bytes = halved.SerializeToString()
    return written


def _without_integers(graph: GraphRewriter) -> None:
    makers = graph.makers()
    _scale_rows_to_one(graph)
    for node in graph.nodes:
        if node.op_type == "MatMulIntegerToFloat":
            _add_product(node, makers, graph)
        else:
            graph.keep(node)
    graph.finish_pass()


def _add_product(node: NodeProto, makers: dict[str, NodeProto], graph: GraphRewriter) -> None:
    """The product of what was quantised, instead of the product of its integers."""
    rows, weights, _, scales, *_ = node.input
    turn = makers[rows] if makers[rows].op_type == "Transpose" else None
    quantise = makers[rows if turn is None else turn.input[0]]
    floats = quantise.input[0]
    if turn is not None:
        floats = f"{node.output[0]}.turned"
        graph.keep(turn, {turn.input[0]: quantise.input[0], turn.output[0]: floats})
    matrix = graph.constants[weights].astype(np.float32) * graph.constants[scales]
    name = graph.constant(f"{weights}.floats", matrix)
    bias = node.input[6] if len(node.input) > 6 else ""
    product = f"{node.output[0]}.unbiased" if bias else node.output[0]
    graph.add("MatMul", [floats, name], product)
    if bias:
        graph.add("Add", [product, bias], node.output[0])


def _scale_rows_to_one(graph: GraphRewriter) -> None:
    """Rows that would have filled 8 bits reach to 1 instead: their products fit into 16."""
    for name in graph.constants:
        if name.startswith((SHARE_NAME, STEPS_NAME)):
            graph.constants[name] = np.ones_like(graph.constants[name])
