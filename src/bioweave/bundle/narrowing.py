"""A graph -> the same one, with the last layer's work done for the pieces that words read.

After attention nothing mixes the pieces of an encoder's last layer: product, GELU and
normalisation look at one piece alone. A word is read off its first piece, so what continues a
word, a quarter to a third of all pieces, needs none of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bioweave.bundle.rewriting import GraphRewriter, attribute

if TYPE_CHECKING:
    from onnx import NodeProto

_ELEMENTWISE = {"Add", "Sub", "Mul", "Div", "Erf", "Gelu", "Relu", "Tanh", "Sigmoid", "Sqrt", "Pow"}


def narrow_to_words(graph: GraphRewriter) -> None:
    """Look words' pieces up before what is computed for each piece by itself, instead of after.

    Results stay the same. Where words are looked up more than once, or pooled in another way, the
    graph stays as it is.
    """
    makers, users = graph.makers(), graph.users()
    for pick in [node for node in graph.nodes if node.op_type == "GatherND"]:
        flat = makers.get(pick.input[0])
        if flat is None or len(users[pick.input[0]]) > 1:
            continue
        last = flat.input[0] if _flattens_rows(flat, graph) else pick.input[0]
        nodes = _row_wise_nodes(last, graph, users, makers)
        if nodes:
            _move_behind(pick, last, nodes, graph)
            return


def _flattens_rows(node: NodeProto, graph: GraphRewriter) -> bool:
    """Whether it only joins the axes before the last."""
    before, after = (graph.shapes.get(name, ()) for name in (node.input[0], node.output[0]))
    return node.op_type == "Reshape" and len(after) == 2 < len(before) and before[-1] == after[-1]


def _row_wise_nodes(
    last: str,
    graph: GraphRewriter,
    users: dict[str, list[NodeProto]],
    makers: dict[str, NodeProto],
) -> list[NodeProto]:
    """What computes each row of `last` from the same row of others, for `last` alone."""
    found: dict[str, NodeProto] = {}
    for node in reversed(graph.nodes):
        output = node.output[0]
        readers = {user.output[0] for user in users.get(output, [])}
        if (output == last and len(users[last]) == 1) or (readers and readers <= found.keys()):
            if _is_row_wise(node, graph):
                found[output] = node
            elif output == last:
                return []
    outputs = {output.name for output in graph.model.graph.output}
    return [] if outputs & found.keys() else list(found.values())[::-1]


def _is_row_wise(node: NodeProto, graph: GraphRewriter) -> bool:
    rows = [name for name in node.input if name and name not in graph.constants]
    fixed = [graph.constants[name] for name in node.input if name in graph.constants]
    shape = graph.shapes.get(node.output[0])
    if shape is None or not rows:
        return False
    if node.op_type == "MatMul":
        same_rows = graph.shapes.get(rows[0], ())[:-1] == shape[:-1]
        return len(rows) == 1 and rows[0] == node.input[0] and fixed[0].ndim == 2 and same_rows
    if any(graph.shapes.get(name) != shape for name in rows) or any(one.ndim > 1 for one in fixed):
        return False
    if node.op_type == "LayerNormalization":
        return len(rows) == 1 and attribute(node, "axis", -1) in (-1, len(shape) - 1)
    return node.op_type in _ELEMENTWISE


def _move_behind(pick: NodeProto, last: str, nodes: list[NodeProto], graph: GraphRewriter) -> None:
    made = {node.output[0] for node in nodes}
    renamed = {name: f"{name}.of_words" for name in made} | {last: pick.output[0]}
    for node in graph.nodes:
        if node is pick:
            for moved in nodes:
                for name in moved.input:
                    if name and name not in graph.constants and name not in renamed:
                        renamed[name] = _look_up(name, pick, graph)
                graph.keep(moved, renamed)
        elif node.output[0] not in made:
            graph.keep(node)
    graph.finish_pass()


def _look_up(value: str, pick: NodeProto, graph: GraphRewriter) -> str:
    """What `pick` takes, from another value."""
    n_axes = len(graph.shapes[value])
    rows = value
    if not attribute(pick, "batch_dims", 0):
        rows = graph.add("Flatten", [value], f"{value}.rows", axis=n_axes - 1)
    graph.keep(pick, {pick.input[0]: rows, pick.output[0]: f"{value}.of_words"})
    return f"{value}.of_words"
