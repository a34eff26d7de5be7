"""The part-of-speech network as a small ONNX graph.

Built node by node: the table of features is kept in 8 bits with a scale per row and the rest in
half precision, which no exporter would do; the arithmetic is in single precision all the same.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from bioweave.model.pos import PosNetwork

_OPSET = 18


def export_pos_network(network: PosNetwork, path: Path) -> None:
    """Write the graph: inputs `rows` int32 [words, features] and `is_word` bool [words].

    Its outputs are `tags` int64 [words], the best tag's index, and `scores` [words, tags].
    """
    graph = _Graph()
    words = graph.norm(network.table_norm, _summed_features(graph, network))
    mask = graph.add("Unsqueeze", "is_word_float", graph.constant(np.array([1])))
    words = graph.add("Mul", graph.add("Relu", graph.linear(network.mix, words)), mask)
    for layer, norm in zip(network.layers, network.norms, strict=True):
        assert isinstance(layer, nn.Linear) and isinstance(norm, nn.LayerNorm)
        change = graph.add("Relu", graph.linear(layer, _with_neighbours(graph, words)))
        words = graph.add("Mul", graph.norm(norm, graph.add("Add", words, change)), mask)
    graph.linear(network.output, words, name="scores")
    graph.add("ArgMax", "scores", name="tags", axis=1, keepdims=0)
    onnx.save(graph.model(network.output.out_features), path)


def quantised_rows(
    table: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float16]]:
    """Whole numbers [rows, width] and each row's scale [rows, 1]; their product is the table."""
    scales = (np.abs(table).max(axis=1, keepdims=True) / 127).astype(np.float16)
    # Rounded to the scale as it is stored; a row of zeros has none.
    scales = np.maximum(scales, np.float16(1e-6))
    levels = np.clip(np.rint(table / scales.astype(np.float32)), -127, 127).astype(np.int8)
    return levels, scales


def _summed_features(graph: _Graph, network: PosNetwork) -> str:
    graph.add("Cast", "is_word", name="is_word_float", to=TensorProto.FLOAT)
    levels, scales = quantised_rows(_array(network.table.weight))
    picked = graph.add("Gather", graph.constant(levels), "rows", axis=0)
    picked = graph.add("Cast", picked, to=TensorProto.FLOAT)
    # A row's values are only whole numbers until its scale is applied.
    picked_scales = graph.add("Gather", graph.half(scales), "rows", axis=0)
    features = graph.add("Mul", picked, picked_scales)
    return graph.add("ReduceSum", features, graph.constant(np.array([1])), keepdims=0)


def _with_neighbours(graph: _Graph, words: str) -> str:
    one, zero = graph.constant(np.array([1])), graph.constant(np.array([0]))
    padded = graph.add("Pad", words, graph.constant(np.array([1, 0, 1, 0])))
    before = graph.add("Slice", padded, zero, graph.constant(np.array([-2])), zero, one)
    after = graph.add(
        "Slice", padded, graph.constant(np.array([2])), graph.constant(np.array([2**62])), zero, one
    )
    return graph.add("Concat", before, words, after, axis=1)


class _Graph:
    """Nodes and weights as they come together; values are known by their names."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def add(self, operator: str, *inputs: str, name: str = "", **attributes: int) -> str:
        """The name of the node's output."""
        name = name or f"{operator.lower()}_{len(self._nodes)}"
        node = helper.make_node(operator, list(inputs), [name])
        node.attribute.extend(helper.make_attribute(*item) for item in attributes.items())
        self._nodes.append(node)
        return name

    def constant(self, value: npt.NDArray[np.generic]) -> str:
        name = f"constant_{len(self._weights)}"
        self._weights.append(numpy_helper.from_array(value, name))
        return name

    def half(self, value: npt.NDArray[np.floating]) -> str:
        """A weight stored in half precision; ONNX Runtime widens it once, when it loads."""
        stored = self.constant(value.astype(np.float16))
        return self.add("Cast", stored, to=TensorProto.FLOAT)

    def linear(self, layer: nn.Linear, words: str, *, name: str = "") -> str:
        weight, bias = (self.half(_array(part)) for part in (layer.weight.T, layer.bias))
        return self.add("Gemm", words, weight, bias, name=name)

    def norm(self, layer: nn.LayerNorm, words: str) -> str:
        scale, bias = (self.half(_array(part)) for part in (layer.weight, layer.bias))
        return self.add("LayerNormalization", words, scale, bias, axis=-1)

    def model(self, n_tags: int) -> onnx.ModelProto:
        rows = helper.make_tensor_value_info("rows", TensorProto.INT32, ["words", "features"])
        is_word = helper.make_tensor_value_info("is_word", TensorProto.BOOL, ["words"])
        tags = helper.make_tensor_value_info("tags", TensorProto.INT64, ["words"])
        scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["words", n_tags])
        graph = helper.make_graph(
            self._nodes, "pos", [rows, is_word], [tags, scores], self._weights
        )
        # The lowest version that the operators need, so that older runtimes read it as well.
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)])
        model.ir_version = 8
        onnx.checker.check_model(model, full_check=True)
        return model


def _array(values: Tensor) -> npt.NDArray[np.float32]:
    array: npt.NDArray[np.float32] = values.detach().numpy()
    return array
