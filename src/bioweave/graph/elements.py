"""What a graph is made of: concepts, and what relations say of two of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """A concept that some relation joins, or a name whose mention has no concept.

    `id` is the concept's, such as `MESH:D008094`, or `name:LABEL:NAME` with the name in lower
    case. `n_documents` counts the documents that relate it to something.
    """

    id: str
    name: str
    label: str
    n_documents: int


@dataclass(frozen=True, slots=True)
class Edge:
    """All relations of one label from one node to another.

    `n_relations` counts them, `documents` are the ids of those that tell one, in order.
    Confidences are None where no relation has one. `evidence` is what the surest relation rests
    on, as it stands in `evidence_document`; of equally sure ones it is the first.
    """

    head: str
    label: str
    tail: str
    n_relations: int
    documents: tuple[str, ...]
    mean_confidence: float | None = None
    max_confidence: float | None = None
    evidence: str | None = None
    evidence_document: str | None = None

    @property
    def n_documents(self) -> int:
        """How many documents tell it."""
        return len(self.documents)


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by id; edges by head, label and tail: every edge's ends are among the nodes."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def node(self, id: str) -> Node | None:
        """The node of that id, if there is one."""
        return next((node for node in self.nodes if node.id == id), None)
