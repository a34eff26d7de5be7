"""A float32 graph -> a smaller and faster one in 8-bit integers, still independent of the batch.

Weights get a scale for each column, embedding tables one for each row, once and for all. What
flows through the graph gets either a fixed scale, where samples of its inputs show how large it
gets and features can be evened out, or its scale anew at each row: a piece's numbers never depend
on its neighbours in the batch, unlike those of ONNX Runtime's dynamic quantisation, whose scale
is taken over the whole batch and decided by its outliers.

Attention, normalisation, recurrent layers and the last layer stay in float32.
`benchmarks/README.md` has the figures of this and of the other ways that were tried.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bioweave.bundle.calibration import Inputs
from bioweave.bundle.optimise import optimise
from bioweave.bundle.products import Products
from bioweave.bundle.rewriting import GraphRewriter
from bioweave.bundle.weights import quantise_rows

if TYPE_CHECKING:
    from onnx import NodeProto

_SMALLEST_TABLE = 2000  # rows; smaller tables weigh little


def quantise_graph(source: Path, target: Path, samples: Iterable[Inputs] = ()) -> None:
    """Write the 8-bit twin of the float32 graph in `source`.

    Inputs and outputs stay. `samples` are batches of the graph's inputs, as `pad_windows` makes
    them: some ten thousand words of the kind of text that the graph is for. Without them the twin
    is slower and a little less near. Raises MissingExtraError without the `train` extra.
    """
    graph = GraphRewriter(source)
    optimise(graph)
    products = Products(graph, samples)
    for node in graph.nodes:
        if products.has(node):
            products.add(node)
        elif _is_large_look_up(node, graph):
            _add_look_up(graph, node)
        elif node.output[0] not in products.done:
            graph.keep(node)
    graph.finish_pass()
    graph.save(target)


def _add_look_up(graph: GraphRewriter, node: NodeProto) -> None:
    (name, indices), output = node.input, node.output[0]
    integers, scales = quantise_rows(graph.constants[name])
    table = graph.constant(f"{name}.integers", integers)
    table_scales = graph.constant(f"{name}.scales", scales)
    picked = graph.add("Gather", [table, indices], f"{output}.picked")
    floats = graph.add("Cast", [picked], f"{output}.floats", to=1)
    scale = graph.add("Gather", [table_scales, indices], f"{output}.picked_scale")
    graph.add("Mul", [floats, scale], output)


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
