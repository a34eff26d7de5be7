"""Editing an ONNX graph: constants by name, nodes replaced one by one."""

from __future__ import annotations

from collections.abc import Sequence
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
    puts the copy in the original's place.
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
        self._new_nodes: list[NodeProto] = []

    def constant(self, name: str, value: npt.ArrayLike) -> str:
        """Keep a constant under a name, which is returned; the same name is the same value."""
        self.constants.setdefault(name, np.asarray(value))
        return name

    def keep(self, node: NodeProto) -> None:
        """Append a node of the old graph as it is."""
        self._new_nodes.append(node)

    def add(
        self, operator: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: Any
    ) -> str:
        """Append a new node with one output, whose name is returned."""
        node = self._onnx.helper.make_node(operator, inputs, [output], domain=domain, **attributes)
        self._new_nodes.append(node)
        return output

    def finish_pass(self) -> None:
        """From now on `nodes` are those that were appended."""
        self.nodes, self._new_nodes = self._new_nodes, []

    def save(self, path: Path) -> None:
        """Write the nodes, without the constants that nothing reads any more."""
        graph = self.model.graph
        read = {name for node in self.nodes for name in node.input}
        del graph.node[:], graph.initializer[:], graph.value_info[:]
        graph.node.extend(self.nodes)
        graph.initializer.extend(
            self._onnx.numpy_helper.from_array(value, name)
            for name, value in self.constants.items()
            if name in read
        )
        if any(node.domain == CONTRIB for node in self.nodes) and not any(
            opset.domain == CONTRIB for opset in self.model.opset_import
        ):
            self.model.opset_import.append(self._onnx.helper.make_opsetid(CONTRIB, 1))
        self._onnx.save(self.model, path)
