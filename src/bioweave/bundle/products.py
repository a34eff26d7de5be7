"""The products of a graph, in 8-bit integers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from bioweave.bundle.activations import (
    WITH_FLOOR,
    Quantised,
    quantise_at_once,
    quantise_rows_anew,
)
from bioweave.bundle.calibration import Inputs, Observed, observe
from bioweave.bundle.rewriting import CONTRIB, GraphRewriter, attribute
from bioweave.bundle.weights import quantise_columns

if TYPE_CHECKING:
    from onnx import NodeProto

_SMALLEST_SIDE = 32  # of a matrix; below it integers gain nothing


class Products:
    """The products of a graph that are worth their integers, and what is shared among them.

    `done` names the values that were made on the way, beyond the products' own.
    """

    def __init__(self, graph: GraphRewriter, samples: Iterable[Inputs]) -> None:
        self._graph = graph
        self._makers, self._users = graph.makers(), graph.users()
        last = _last_products(graph)
        nodes = [one for one in graph.nodes if _is_product(one, graph)]
        self._by_value: dict[str, list[NodeProto]] = {}
        for node in nodes:
            if node.output[0] not in last:
                self._by_value.setdefault(self._value(node), []).append(node)
        self._outputs = {one.output[0] for same in self._by_value.values() for one in same}
        self._observed: dict[str, Observed] = observe(graph, list(self._by_value), samples)
        self._quantised: dict[str, Quantised] = {}
        self.done: set[str] = set()

    def has(self, node: NodeProto) -> bool:
        """Whether the node is one of them."""
        return node.output[0] in self._outputs

    def add(self, node: NodeProto) -> None:
        """Append the product of integers, and its bias where that costs nothing there."""
        graph, output = self._graph, node.output[0]
        value = self._value(node)
        rows = self._rows(node.input[0])
        factors = rows.feature_factors
        seen = self._observed.get(value)
        # Constants are named after the product: two may share a matrix and not their rows' factors.
        integers, scales = quantise_columns(
            graph.constants[node.input[1]] * factors[:, None],
            None if seen is None else seen.products / np.outer(factors, factors),
        )
        inputs = [
            rows.integers,
            graph.constant(f"{output}.weights", integers),
            rows.scale if rows.is_fixed else graph.constant("int8.one", np.float32(1)),
            graph.constant(f"{output}.weight_scales", scales),
            rows.zero_point,
        ]
        if not rows.is_fixed:
            product = graph.add("MatMulIntegerToFloat", inputs, f"{output}.product", domain=CONTRIB)
            graph.add("Mul", [product, rows.scale], output)
            return
        biased = self._biased(output)
        if biased is not None:
            inputs += ["", biased.input[1]]
            output = biased.output[0]
            self.done.add(output)
        graph.add("MatMulIntegerToFloat", inputs, output, domain=CONTRIB)

    def _value(self, node: NodeProto) -> str:
        """What is multiplied, before its axes were turned: where it is quantised."""
        maker = self._makers.get(node.input[0])
        turns = maker is not None and maker.op_type == "Transpose" and _keeps_last_axis(maker)
        return str(maker.input[0] if maker is not None and turns else node.input[0])

    def _rows(self, name: str) -> Quantised:
        if name in self._quantised:
            return self._quantised[name]
        maker = self._makers.get(name)
        if maker is not None and maker.op_type == "Transpose" and name not in self._by_value:
            rows = self._rows(maker.input[0]).transposed(self._graph, attribute(maker, "perm"))
        else:
            weights = [self._graph.constants[one.input[1]] for one in self._by_value[name]]
            operator = "" if maker is None else maker.op_type
            if name in self._observed and operator not in WITH_FLOOR:
                sizes = self._observed[name].largest
                rows = quantise_at_once(self._graph, name, sizes, weights)
            else:
                rows = quantise_rows_anew(self._graph, name, operator, len(weights[0]))
        self._quantised[name] = rows
        return rows

    def _biased(self, output: str) -> NodeProto | None:
        """The node that adds a constant row to a product and is alone in reading it."""
        users = self._users.get(output, [])
        if len(users) != 1 or users[0].op_type != "Add" or users[0].input[0] != output:
            return None
        bias = self._graph.constants.get(users[0].input[1])
        return users[0] if bias is not None and bias.ndim == 1 and len(bias) > 1 else None


def _keeps_last_axis(transpose: NodeProto) -> bool:
    axes = attribute(transpose, "perm")
    return axes is not None and axes[-1] == len(axes) - 1


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
