"""Documents as the BioC library's objects."""

from __future__ import annotations

from bisect import bisect_right
from typing import Literal

from bioc import (
    BioCAnnotation,
    BioCDocument,
    BioCLocation,
    BioCNode,
    BioCPassage,
    BioCRelation,
)

from bioweave.document import Argument, Document, Mention, Passage, Relation
from bioweave.formats.bioc.infons import infons_of, own_infon
from bioweave.formats.concept_ids import join_ids
from bioweave.formats.json_shape import concepts_to_json

UNMARKED = "unmarked"  # the type of a passage that stands for text outside all passages
ARGUMENTS = "arguments"
CONCEPTS = "concepts"
CONCEPT_KEYS = frozenset({"identifier", "MESH", "OMIM"})
RESERVED_IN_MENTIONS = CONCEPT_KEYS | {"type", "confidence"}
RESERVED_IN_RELATIONS = frozenset({"type", "relation", "confidence"})


def to_bioc(document: Document) -> BioCDocument:
    """The BioC document; annotations stand in the passage where they begin."""
    encoded = BioCDocument()
    encoded.id = document.id
    encoded.infons = infons_of(document.metadata, frozenset())
    passages = list(_covering(document))
    starts = [passage.start for passage in passages]
    for passage in passages:
        encoded.add_passage(_passage(passage, document.text))
    for mention in document.mentions:
        # Of passages that begin together, the last is the one that is not empty.
        position = bisect_right(starts, mention.start) - 1
        encoded.passages[position].add_annotation(_annotation(mention, document.text))
    mention_ids = {mention.id for mention in document.mentions if mention.id is not None}
    relation_ids = {relation.id for relation in document.relations if relation.id is not None}
    for relation in document.relations:
        encoded.add_relation(_relation(relation, mention_ids, relation_ids))
    return encoded


def _covering(document: Document) -> list[Passage]:
    """The document's passages, and unmarked ones for what lies between them.

    A single space between two goes without saying.
    """
    covering: list[Passage] = []
    offset = 0
    for passage in document.passages:
        if document.text[offset : passage.start] not in ("", " "):
            covering.append(Passage(offset, passage.start, UNMARKED))
        covering.append(passage)
        offset = passage.end
    if offset < len(document.text) or not covering:
        covering.append(Passage(offset, len(document.text), UNMARKED))
    return covering


def _passage(passage: Passage, text: str) -> BioCPassage:
    encoded = BioCPassage()
    encoded.offset = passage.start
    encoded.text = text[passage.start : passage.end]
    encoded.infons = {"type": passage.kind}
    return encoded


def _annotation(mention: Mention, text: str) -> BioCAnnotation:
    encoded = BioCAnnotation()
    encoded.id = mention.id or ""
    encoded.infons = {"type": mention.label}
    ids = tuple(concept.id for concept in mention.concepts)
    if ids:
        encoded.infons["identifier"] = "|".join(ids)
        has_details = any(
            concept.name is not None or concept.score is not None for concept in mention.concepts
        )
        if has_details or join_ids(ids) is None:
            encoded.infons |= own_infon(CONCEPTS, concepts_to_json(mention.concepts))
    if mention.confidence is not None:
        encoded.infons["confidence"] = repr(float(mention.confidence))
    encoded.infons |= infons_of(mention.metadata, RESERVED_IN_MENTIONS)
    spans = mention.fragments or (mention.span,)
    for start, end in spans:
        encoded.add_location(BioCLocation(start, end - start))
    encoded.text = " ".join(text[start:end] for start, end in spans)
    return encoded


def _relation(relation: Relation, mention_ids: set[str], relation_ids: set[str]) -> BioCRelation:
    encoded = BioCRelation()
    encoded.id = relation.id or ""
    encoded.infons = {"type": relation.label}
    if relation.confidence is not None:
        encoded.infons["confidence"] = repr(float(relation.confidence))
    encoded.infons |= infons_of(relation.metadata, RESERVED_IN_RELATIONS)
    is_plain = bool(relation.arguments)  # without nodes, a reader looks among the infons
    for argument in relation.arguments:
        kind = kind_of_target(argument.target, mention_ids, relation_ids)
        is_plain = is_plain and kind == argument.kind != "concept"
        # A node must refer to something in the document.
        if argument.kind != "concept":
            encoded.add_node(BioCNode(argument.target, argument.role))
    if not is_plain:
        encoded.infons |= own_infon(ARGUMENTS, [_spelled(arg) for arg in relation.arguments])
    return encoded


def kind_of_target(
    target: str, mention_ids: set[str], relation_ids: set[str]
) -> Literal["mention", "concept", "relation"]:
    """What a node that says no more refers to: a mention, else a relation, else a concept."""
    if target in mention_ids:
        return "mention"
    return "relation" if target in relation_ids else "concept"


def _spelled(argument: Argument) -> dict[str, str]:
    return {"role": argument.role, "target": argument.target, "kind": argument.kind}
