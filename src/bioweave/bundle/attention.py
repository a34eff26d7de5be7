"""A graph -> the same one, whose attention reads heads where they lie.

Exporters turn queries, keys and values from [batch, pieces, heads, features] into [batch, heads,
pieces, features], each by a copy. With the pieces' axis in front, ONNX Runtime's product takes a
head's rows out of the middle by itself: one copy before the three projections, a small one where
they read 8-bit integers, takes the place of three.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bioweave.bundle.rewriting import CONTRIB, GraphRewriter, attribute

if TYPE_CHECKING:
    from onnx import NodeProto

_PIECES_FIRST = [1, 0, 2]
_HEADS_FIRST = [0, 2, 1, 3]
_KEYS_TURNED = [0, 2, 3, 1]


@dataclass(frozen=True, slots=True)
class _Projection:
    """A product with a constant, its bias, and the cut into heads: the nodes that make it."""

    product: NodeProto
    bias: NodeProto
    cut: NodeProto
    turn: NodeProto


@dataclass(frozen=True, slots=True)
class _Attention:
    query: _Projection
    key: _Projection
    value: _Projection
    scores: NodeProto
    scaled: NodeProto
    mixed: NodeProto
    scale: float


def read_heads_in_place(graph: GraphRewriter) -> None:
    """Rewrite each attention that is spelled as transformers does; others stay as they are."""
    makers, users = graph.makers(), graph.users()
    spelled: dict[str, tuple[NodeProto, _Attention]] = {}
    for node in graph.nodes:
        if node.op_type == "Softmax" and attribute(node, "axis", -1) in (-1, 3):
            found = _spelling(node, graph, makers, users)
            if found is not None:
                parts = (found.query, found.key, found.value)
                nodes = [found.scores, found.scaled, found.mixed]
                nodes += [x for one in parts for x in (one.product, one.bias, one.cut, one.turn)]
                spelled |= {x.output[0]: (x, found) for x in nodes}
    for node in graph.nodes:
        if node.output[0] in spelled:
            _rewrite(node, spelled[node.output[0]][1], graph)
        else:
            graph.keep(node)
    graph.finish_pass()


def _rewrite(node: NodeProto, found: _Attention, graph: GraphRewriter) -> None:
    """What stands in the place of one of the nodes; its shape may be another."""
    output = node.output[0]
    for one in (found.query, found.key, found.value):
        if node is one.product:
            value = node.input[0]
            turned = f"{value}.pieces_first"
            if one is found.query:
                graph.add("Transpose", [value], turned, perm=_PIECES_FIRST)
            graph.add("MatMul", [turned, node.input[1]], output)
        elif node is one.bias:
            graph.keep(node)
        elif node is one.cut:
            heads, features = graph.shapes[output][2:]
            shape = graph.constant(f"heads.{heads}_{features}", [0, 0, heads, features])
            graph.add("Reshape", [node.input[0], shape], output)
    query, key, value = (one.cut.output[0] for one in (found.query, found.key, found.value))
    if node is found.scaled:
        graph.add(
            "FusedMatMul",
            [query, key],
            output,
            domain=CONTRIB,
            alpha=found.scale,
            transBatchA=1,
            transBatchB=1,
            transB=1,
        )
    elif node is found.mixed:
        graph.add("FusedMatMul", [node.input[0], value], output, domain=CONTRIB, transBatchB=1)


def _spelling(
    softmax: NodeProto,
    graph: GraphRewriter,
    makers: dict[str, NodeProto],
    users: dict[str, list[NodeProto]],
) -> _Attention | None:
    """softmax(query @ key * scale + mask) @ value, or None where something else is computed."""
    masked = _made_by("Add", softmax.input[0], makers)
    scaled = _made_by("Mul", masked.input[0] if masked else "", makers)
    scores = _made_by("MatMul", scaled.input[0] if scaled else "", makers)
    readers = users.get(softmax.output[0], [])
    if scaled is None or scores is None or len(readers) != 1 or readers[0].op_type != "MatMul":
        return None
    scale = graph.constants.get(scaled.input[1])
    mixed = readers[0]
    if scale is None or scale.size != 1 or mixed.input[0] != softmax.output[0]:
        return None
    projections = [
        _projection(name, turn, graph, makers, users)
        for name, turn in (
            (scores.input[0], _HEADS_FIRST),
            (scores.input[1], _KEYS_TURNED),
            (mixed.input[1], _HEADS_FIRST),
        )
    ]
    query, key, value = projections
    if query is None or key is None or value is None:
        return None
    if len({one.product.input[0] for one in (query, key, value)}) > 1:
        return None
    if any(len(users[one.output[0]]) > 1 for one in (scores, scaled)):
        return None
    return _Attention(query, key, value, scores, scaled, mixed, float(scale.reshape(())))


def _projection(
    name: str,
    turn: list[int],
    graph: GraphRewriter,
    makers: dict[str, NodeProto],
    users: dict[str, list[NodeProto]],
) -> _Projection | None:
    turned = _made_by("Transpose", name, makers)
    cut = _made_by("Reshape", turned.input[0] if turned else "", makers)
    bias = _made_by("Add", cut.input[0] if cut else "", makers)
    product = _made_by("MatMul", bias.input[0] if bias else "", makers)
    if turned is None or cut is None or bias is None or product is None:
        return None
    nodes = (product, bias, cut, turned)
    shape = graph.shapes.get(cut.output[0], ())
    fits = (
        attribute(turned, "perm") == turn
        and product.input[1] in graph.constants
        and bias.input[1] in graph.constants
        and len(graph.shapes.get(product.input[0], ())) == 3
        and len(shape) == 4
        and all(isinstance(size, int) for size in shape[2:])
        and all(len(users[node.output[0]]) == 1 for node in nodes)
    )
    return _Projection(product, bias, cut, turned) if fits else None


def _made_by(operator: str, value: str, makers: dict[str, NodeProto]) -> NodeProto | None:
    node = makers.get(value)
    return node if node is not None and node.op_type == operator else None
