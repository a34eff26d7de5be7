"""Editing an ONNX graph: constants by name, nodes replaced one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from bioweave.errors import MissingExtraError

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

AnyArray: TypeAlias = npt.NDArray[Any]

CONTRIB = "com.microsoft"  # ONNX Runtime's own operators, part of every build of it


class GraphRewriter:
    """A model's graph, copied node by node: `nodes` is what it is made of.

    `keep` and `add` append to the copy, and what is never appended is left out. `finish_pass`
    puts the copy in the original's place. `shapes` has each value of the graph as it was read
    whose shape is known: a number or a name for each axis, equal names for equal sizes.
    """

    def __init__(self, path: Path) -> None:
        try:
            import onnx
        except ImportError:
            raise MissingExtraError("onnx", extra="train", needed_for="rewriting a graph") from None
        self._onnx = onnx
        self.model: ModelProto = onnx.load(path)
        self.constants: dict[str, AnyArray] = {
            one.name: onnx.numpy_helper.to_array(one) for one in self.model.graph.initializer
        }
        self.nodes: list[NodeProto] = list(self.model.graph.node)
        self.shapes = _shapes(onnx.shape_inference.infer_shapes(self.model))
        self._new_nodes: list[NodeProto] = []

    def makers(self) -> dict[str, NodeProto]:
        """The node that computes each value."""
        return {output: node for node in self.nodes for output in node.output}

    def users(self) -> dict[str, list[NodeProto]]:
        """The nodes that read each value."""
        users: dict[str, list[NodeProto]] = {}
        for node in self.nodes:
            for name in node.input:
                users.setdefault(name, []).append(node)
        return users

    def constant(self, name: str, value: npt.ArrayLike) -> str:
        """Keep a constant under a name, which is returned; the same name is the same value."""
        self.constants.setdefault(name, np.asarray(value))
        return name

    def keep(self, node: NodeProto, renamed: Mapping[str, str] | None = None) -> None:
        """Append a node of the old graph as it is, but for what is `renamed` of its values."""
        if renamed:
            copy = self._onnx.NodeProto()
            copy.CopyFrom(node)
            copy.input[:] = [renamed.get(name, name) for name in node.input]
            copy.output[:] = [renamed.get(name, name) for name in node.output]
            copy.name = ""  # a node's own, and nobody needs it
            node = copy
        self._new_nodes.append(node)

    def add(
        self, operator: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: Any
    ) -> str:
        """Append a new node with one output, whose name is returned."""
        node = self._onnx.helper.make_node(operator, inputs, [output], domain=domain, **attributes)
        self._new_nodes.append(node)
        return output

    def finish_pass(self) -> None:
        """From now on `nodes` are those that were appended and lead to an output."""
        wanted = {output.name for output in self.model.graph.output}
        kept: list[NodeProto] = []
        for node in reversed(self._new_nodes):
            if wanted.intersection(node.output):
                wanted.update(node.input)
                kept.append(node)
        self.nodes, self._new_nodes = kept[::-1], []

    def save(self, path: Path) -> None:
        """Write the nodes, without the constants that nothing reads any more."""
        path.write_bytes(self.serialise())

    def serialise(self, extra_outputs: Sequence[str] = ()) -> bytes:
        """The model as a file holds it; `extra_outputs` are float values inside the graph."""
        written: bytes = self.as_model(extra_outputs).SerializeToString(deterministic=True)
        return written

    def as_model(self, extra_outputs: Sequence[str] = ()) -> ModelProto:
        """The model as onnx has it."""
        onnx = self._onnx
        read = {name for node in self.nodes for name in node.input}
        outputs = [
            *self.model.graph.output,
            *(
                onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)
                for name in extra_outputs
            ),
        ]
        graph = onnx.helper.make_graph(
            self.nodes,
            self.model.graph.name,
            self.model.graph.input,
            outputs,
            [
                onnx.numpy_helper.from_array(value, name)
                for name, value in self.constants.items()
                if name in read
            ],
        )
        opsets = {one.domain: one.version for one in self.model.opset_import} | {CONTRIB: 1}
        model: ModelProto = onnx.helper.make_model(
            graph,
            ir_version=self.model.ir_version,
            opset_imports=[onnx.helper.make_opsetid(*one) for one in opsets.items()],
        )
        return model


def attribute(node: NodeProto, name: str, default: Any = None) -> Any:
    """The value of a node's attribute: a number or a list of numbers."""
    for one in node.attribute:
        if one.name == name:
            return list(one.ints) or (one.f if one.type == one.FLOAT else one.i)
    return default


def _shapes(model: ModelProto) -> dict[str, tuple[int | str, ...]]:
    known = {}
    for value in (*model.graph.value_info, *model.graph.input, *model.graph.output):
        axes = value.type.tensor_type.shape.dim
        shape = tuple(axis.dim_param or axis.dim_value for axis in axes)
        # 0 is what an axis is called of which nothing is known.
        if shape and all(shape):
            known[value.name] = shape
    return known
