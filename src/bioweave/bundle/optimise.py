"""A graph -> a faster one that computes the same."""

from __future__ import annotations

from pathlib import Path

from bioweave.bundle.attention import read_heads_in_place
from bioweave.bundle.fusing import fuse_gelu
from bioweave.bundle.narrowing import narrow_to_words
from bioweave.bundle.rewriting import GraphRewriter


def optimise_graph(source: Path, target: Path) -> None:
    """Write the faster graph; for float32, `quantise_graph` does it itself.

    Raises MissingExtraError without the `train` extra.
    """
    graph = GraphRewriter(source)
    optimise(graph)
    graph.save(target)


def optimise(graph: GraphRewriter) -> None:
    """All rewritings that leave the results as they are, rounding aside."""
    fuse_gelu(graph)
    narrow_to_words(graph)
    read_heads_in_place(graph)
