"""The relations of documents summed into a graph, as the documents go by.

In memory are the graph and its evidence, not the documents.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bioweave.document import Argument, Document, Mention, Relation, is_binary
from bioweave.graph.elements import Edge, Graph, Node

NO_LABEL = "Concept"
"""The label of a concept that a relation names and no mention of the document stands for."""

# What XML 1.0 cannot hold. The same text then stands in every format.
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile(r"\s+")


@dataclass(slots=True)
class _NodeSum:
    names: Counter[tuple[bool, str]] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    documents: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _EdgeSum:
    n_relations: int = 0
    documents: set[str] = field(default_factory=set)
    n_confidences: int = 0
    sum_of_confidences: float = 0.0
    max_confidence: float | None = None
    evidence: str | None = None
    evidence_document: str | None = None


class GraphSum:
    """Takes documents one by one, and has their graph.

    A relation's first argument is the head and its second one the tail. Between mentions it holds
    between the first concepts that they stand for. Relations that do not join two mentions or
    concepts, and those to a mention that the document does not have, are left out.
    """

    def __init__(self) -> None:
        self._nodes: dict[str, _NodeSum] = {}
        self._edges: dict[tuple[str, str, str], _EdgeSum] = {}

    def add(self, document: Document) -> tuple[list[Relation], list[Relation]]:
        """Sum the document's relations; gives those left out: of other shapes, and dangling."""
        of_other_shapes: list[Relation] = []
        dangling: list[Relation] = []
        ends = _Ends(document) if document.relations else None
        for relation in document.relations:
            if ends is None or not is_binary(relation):
                of_other_shapes.append(relation)
                continue
            head, tail = (ends.node_of(argument) for argument in relation.arguments)
            if head is None or tail is None:
                dangling.append(relation)
                continue
            for id in dict.fromkeys((head, tail)):
                self._add_node(id, ends)
            self._add_edge((head, tidy(relation.label), tail), relation, document)
        return of_other_shapes, dangling

    def graph(self) -> Graph:
        """The graph of all documents so far: the same whatever their order, but for evidence."""
        return Graph(
            tuple(_node(id, self._nodes[id]) for id in sorted(self._nodes)),
            tuple(_edge(key, self._edges[key]) for key in sorted(self._edges)),
        )

    def _add_node(self, id: str, ends: _Ends) -> None:
        node = self._nodes.setdefault(id, _NodeSum())
        if ends.document_id in node.documents:
            return
        node.documents.add(ends.document_id)
        for mention in ends.mentions_of(id):
            node.labels[tidy(mention.label)] += 1
            node.names.update(_names(mention, id))

    def _add_edge(self, key: tuple[str, str, str], relation: Relation, document: Document) -> None:
        edge = self._edges.setdefault(key, _EdgeSum())
        edge.n_relations += 1
        edge.documents.add(tidy(document.id))
        confidence = relation.confidence
        is_surer = edge.n_relations == 1
        if confidence is not None:
            edge.n_confidences += 1
            edge.sum_of_confidences += confidence
            if edge.max_confidence is None or confidence > edge.max_confidence:
                edge.max_confidence, is_surer = confidence, True
        if is_surer or edge.evidence is None:
            evidence = _evidence(relation, document)
            if evidence is not None or is_surer:
                edge.evidence = evidence
                edge.evidence_document = None if evidence is None else tidy(document.id)


class _Ends:
    """Which node an argument is, and which mentions of the document are of a node."""

    def __init__(self, document: Document) -> None:
        self.document_id = tidy(document.id)
        self._by_id: dict[str, str] = {}
        self._mentions: dict[str, list[Mention]] = {}
        for mention in document.mentions:
            node = _node_of_mention(mention)
            if mention.id is not None:
                self._by_id[mention.id] = node
            ids = (tidy(concept.id) for concept in mention.concepts)
            for id in dict.fromkeys((node, *ids)):
                self._mentions.setdefault(id, []).append(mention)

    def node_of(self, argument: Argument) -> str | None:
        if argument.kind == "concept":
            return tidy(argument.target)
        return self._by_id.get(argument.target)

    def mentions_of(self, id: str) -> Iterable[Mention]:
        return self._mentions.get(id, ())


def tidy(text: str) -> str:
    r"""The text in one line, without what XML cannot hold.

    >>> tidy("two\n lines\x00")
    'two lines\ufffd'
    """
    return _SPACE.sub(" ", _NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text)).strip()


def _node_of_mention(mention: Mention) -> str:
    if mention.concepts:
        return tidy(mention.concepts[0].id)
    return f"name:{tidy(mention.label)}:{tidy(mention.text).lower()}"


def _names(mention: Mention, id: str) -> Iterator[tuple[bool, str]]:
    """What the mention calls a node, and whether that is the text's word or the terminology's."""
    yield True, tidy(mention.text)
    for concept in mention.concepts:
        if concept.name and tidy(concept.id) == id:
            yield False, tidy(concept.name)


def _evidence(relation: Relation, document: Document) -> str | None:
    span = relation.metadata.get("evidence")
    if not (isinstance(span, list | tuple) and len(span) == 2):
        return None
    start, end = span
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end):
        return None
    return tidy(document.text[start:end]) or None


def _node(id: str, node: _NodeSum) -> Node:
    # A terminology's name before a text's, the more frequent before the rarer.
    names = sorted(node.names.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
    labels = sorted(node.labels.items(), key=lambda item: (-item[1], item[0]))
    return Node(
        id,
        names[0][0][1] if names else id,
        labels[0][0] if labels else NO_LABEL,
        len(node.documents),
    )


def _edge(key: tuple[str, str, str], edge: _EdgeSum) -> Edge:
    mean = edge.sum_of_confidences / edge.n_confidences if edge.n_confidences else None
    return Edge(
        *key,
        edge.n_relations,
        tuple(sorted(edge.documents)),
        mean,
        edge.max_confidence,
        edge.evidence,
        edge.evidence_document,
    )
