"""Relations of many documents as one graph of concepts, and the formats that graphs come in."""

from bioweave.graph.elements import Edge, Graph, Node
from bioweave.graph.summing import GraphSum
from bioweave.graph.writing import GRAPH_FORMATS, GraphFormat, GraphWriter

__all__ = ["GRAPH_FORMATS", "Edge", "Graph", "GraphFormat", "GraphSum", "GraphWriter", "Node"]
