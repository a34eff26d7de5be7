"""A bundle's graph -> the weights of the tagger that it was exported from.

Whoever installs bioweave has the embedded default, and not the run that it came from: so that it
can be adapted, the graph is read back. Biases, normalisations and tables keep their names through
export; a matrix is known by the bias that is added to its product. Matrices of int8 come back as
they were rounded, some 2% away on average.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bioweave.errors import MissingExtraError

if TYPE_CHECKING:
    from onnx import NodeProto

FloatArray = npt.NDArray[np.float32]

_PREFIX = "tagger."
_INTEGER_PRODUCT = "MatMulIntegerToFloat"
# Of its inputs: rows, matrix, their scales, the rows' zero point, the matrix's, the bias.
_MATRIX, _MATRIX_SCALES, _BIAS = 1, 3, 6


def graph_weights(path: Path) -> dict[str, FloatArray]:
    """The weights that can be told apart in a graph, float32, by their names in the tagger."""
    try:
        import onnx
    except ImportError:
        raise MissingExtraError("onnx", extra="train", needed_for="reading a graph") from None
    graph = onnx.load(path).graph
    constants = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
    nodes = list(graph.node)
    return {**_named(constants), **_matrices(nodes, constants)}


def _named(constants: Mapping[str, npt.NDArray[Any]]) -> dict[str, FloatArray]:
    weights: dict[str, FloatArray] = {}
    for name, value in constants.items():
        if not name.startswith(_PREFIX):
            continue
        own = name.removeprefix(_PREFIX)
        if own.endswith(".integers"):
            scales = constants[name.removesuffix(".integers") + ".scales"]
            table = value.astype(np.float32) * scales.reshape(len(value), -1)
            weights[own.removesuffix(".integers")] = np.asarray(table, dtype=np.float32)
        elif value.dtype == np.float32 and not own.endswith(".scales"):
            weights[own] = value
    return weights


def _matrices(
    nodes: list[NodeProto], constants: Mapping[str, npt.NDArray[Any]]
) -> dict[str, FloatArray]:
    users: dict[str, list[NodeProto]] = {}
    for node in nodes:
        for name in node.input:
            users.setdefault(name, []).append(node)
    makers = {output: node for node in nodes for output in node.output}
    weights: dict[str, FloatArray] = {}
    for node in nodes:
        if node.op_type not in ("MatMul", _INTEGER_PRODUCT):
            continue
        matrix = constants.get(node.input[_MATRIX])
        bias = _bias_of(node, users, constants)
        if matrix is None or matrix.ndim != 2 or bias is None:
            continue
        if node.op_type == _INTEGER_PRODUCT:
            matrix = matrix.astype(np.float32) * constants[node.input[_MATRIX_SCALES]]
            smoothing = _smoothing_of(node.input[0], makers, constants)
            matrix = matrix if smoothing is None else matrix * smoothing[:, None]
        name = bias.removeprefix(_PREFIX).removesuffix(".bias") + ".weight"
        weights[name] = np.ascontiguousarray(matrix.T, dtype=np.float32)
    return weights


def _bias_of(
    node: NodeProto,
    users: Mapping[str, list[NodeProto]],
    constants: Mapping[str, npt.NDArray[Any]],
) -> str | None:
    """The name of the tagger's bias that is added to a product, there or right behind it."""
    if len(node.input) > _BIAS and node.input[_BIAS]:
        return _if_bias(node.input[_BIAS], constants)
    reached = node.output[0]
    for _ in range(2):  # a product of rows with scales of their own is multiplied by these first
        following = users.get(reached, [])
        if len(following) != 1:
            return None
        if following[0].op_type == "Add":
            found = (_if_bias(name, constants) for name in following[0].input)
            return next((name for name in found if name is not None), None)
        if following[0].op_type != "Mul":
            return None
        reached = following[0].output[0]
    return None


def _if_bias(name: str, constants: Mapping[str, npt.NDArray[Any]]) -> str | None:
    is_bias = name in constants and name.startswith(_PREFIX) and name.endswith(".bias")
    return name if is_bias else None


def _smoothing_of(
    name: str, makers: Mapping[str, NodeProto], constants: Mapping[str, npt.NDArray[Any]]
) -> npt.NDArray[Any] | None:
    """What each feature was multiplied by before it was rounded, if it was."""
    while (maker := makers.get(name)) is not None:
        if maker.op_type == "Mul" and maker.input[1].endswith(".smoothing"):
            return constants[maker.input[1]]
        if maker.op_type not in ("Transpose", "QuantizeLinear"):
            return None
        name = maker.input[0]
    return None
