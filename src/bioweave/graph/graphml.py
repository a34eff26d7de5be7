"""GraphML, which networkx, Gephi, Cytoscape and yEd open."""

from __future__ import annotations

from typing import BinaryIO

import networkx as nx

from bioweave.graph.elements import Edge, Graph, Node

_SEPARATOR = "|"


def write_graphml(graph: Graph, stream: BinaryIO) -> None:
    """Write a directed graph in which two nodes may have an edge for each label.

    GraphML has no lists: documents are joined with bars, and a bar inside an id becomes a space.
    """
    network = nx.MultiDiGraph()
    for node in graph.nodes:
        network.add_node(node.id, **_values_of_node(node))
    for number, edge in enumerate(graph.edges):
        network.add_edge(edge.head, edge.tail, key=f"e{number}", **_values_of_edge(edge))
    nx.write_graphml(network, stream, named_key_ids=True)


def _values_of_node(node: Node) -> dict[str, str | int]:
    return {"name": node.name, "label": node.label, "n_documents": node.n_documents}


def _values_of_edge(edge: Edge) -> dict[str, str | int | float]:
    values: dict[str, str | int | float | None] = {
        "label": edge.label,
        "n_relations": edge.n_relations,
        "n_documents": edge.n_documents,
        "mean_confidence": edge.mean_confidence,
        "max_confidence": edge.max_confidence,
        "documents": _SEPARATOR.join(id.replace(_SEPARATOR, " ") for id in edge.documents),
        "evidence": edge.evidence,
        "evidence_document": edge.evidence_document,
    }
    return {name: value for name, value in values.items() if value is not None}
