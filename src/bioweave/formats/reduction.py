"""A document without the parts that a format cannot hold, and which those were.

Characters that a format cannot hold are replaced one for one, so that offsets stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bioweave.document import Argument, Concept, Document, Mention, Relation
from bioweave.formats.parts import Format, Part

_LAYOUT = re.compile(r"[\t\n\r]")
_NUL = re.compile("\0")
# What XML 1.0 leaves out, but for NUL and for surrogates, which no text here may hold.
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def reduce_to(document: Document, format: Format) -> tuple[Document, list[Part]]:
    """The document as the format can hold it, and the parts it had beyond that.

    What a format holds only partly is left to its own writer.
    """
    lost = []
    for part, drop in _DROPS.items():
        if part in format.holds or part in format.partly:
            continue
        reduced = drop(document)
        if reduced != document:
            lost.append(part)
            document = reduced
    return document, lost


def map_mentions(document: Document, change: Callable[[Mention], Mention]) -> Document:
    """The document with each mention changed."""
    return replace(document, mentions=tuple(change(mention) for mention in document.mentions))


def map_relations(document: Document, change: Callable[[Relation], Relation]) -> Document:
    """The document with each relation changed."""
    return replace(document, relations=tuple(change(relation) for relation in document.relations))


def keep_relations(document: Document, is_kept: Callable[[Relation], bool]) -> Document:
    """The document without the other relations, nor those that refer to them."""
    relations = [relation for relation in document.relations if is_kept(relation)]
    while True:
        ids = {relation.id for relation in relations}
        whole = [relation for relation in relations if _refers_within(relation, ids)]
        if len(whole) == len(relations):
            return replace(document, relations=tuple(relations))
        relations = whole


def replace_characters(document: Document, pattern: re.Pattern[str], by: str) -> Document:
    """The document with single characters replaced, in its text and in all its names."""

    def clean(value: str) -> str:
        return pattern.sub(by, value)

    def clean_id(value: str | None) -> str | None:
        return None if value is None else clean(value)

    def clean_mention(mention: Mention) -> Mention:
        return replace(
            mention,
            text=clean(mention.text),
            label=clean(mention.label),
            id=clean_id(mention.id),
            concepts=tuple(
                Concept(clean(concept.id), clean_id(concept.name), concept.score)
                for concept in mention.concepts
            ),
        )

    def clean_relation(relation: Relation) -> Relation:
        return replace(
            relation,
            label=clean(relation.label),
            id=clean_id(relation.id),
            arguments=tuple(
                Argument(clean(argument.role), clean(argument.target), argument.kind)
                for argument in relation.arguments
            ),
        )

    cleaned = replace(
        document,
        id=clean(document.id),
        text=clean(document.text),
        passages=tuple(passage._replace(kind=clean(passage.kind)) for passage in document.passages),
    )
    return map_relations(map_mentions(cleaned, clean_mention), clean_relation)


def _without_label_spaces(document: Document) -> Document:
    def joined(name: str) -> str:
        return "_".join(name.split()) or "_"

    def join_relation(relation: Relation) -> Relation:
        arguments = tuple(
            replace(argument, role=joined(argument.role)) for argument in relation.arguments
        )
        return replace(relation, label=joined(relation.label), arguments=arguments)

    named = map_mentions(document, lambda mention: replace(mention, label=joined(mention.label)))
    return map_relations(named, join_relation)


def _without_concept_details(document: Document) -> Document:
    return map_mentions(
        document,
        lambda mention: replace(
            mention, concepts=tuple(Concept(concept.id) for concept in mention.concepts)
        ),
    )


def _without_roles(document: Document) -> Document:
    def number(relation: Relation) -> Relation:
        arguments = tuple(
            replace(argument, role=f"Arg{place}")
            for place, argument in enumerate(relation.arguments, start=1)
        )
        return replace(relation, arguments=arguments)

    return map_relations(document, number)


def _kinds(relation: Relation) -> set[str]:
    return {argument.kind for argument in relation.arguments}


def _refers_within(relation: Relation, ids: set[str | None]) -> bool:
    return all(
        argument.target in ids for argument in relation.arguments if argument.kind == "relation"
    )


_DROPS: dict[Part, Callable[[Document], Document]] = {
    Part.NUL_CHARACTERS: lambda document: replace_characters(document, _NUL, _REPLACEMENT),
    Part.CONTROL_CHARACTERS: lambda document: replace_characters(document, _CONTROL, _REPLACEMENT),
    Part.LAYOUT: lambda document: replace_characters(document, _LAYOUT, " "),
    Part.DOCUMENT_IDS: lambda document: replace(document, id=""),
    Part.PASSAGES: lambda document: replace(document, passages=()),
    Part.METADATA: lambda document: replace(document, metadata={}),
    Part.EVENTS: lambda document: keep_relations(
        document, lambda relation: "relation" not in _kinds(relation)
    ),
    Part.CONCEPT_RELATIONS: lambda document: keep_relations(
        document, lambda relation: "concept" not in _kinds(relation)
    ),
    Part.MENTION_RELATIONS: lambda document: keep_relations(
        document, lambda relation: "mention" not in _kinds(relation) and bool(relation.arguments)
    ),
    Part.MENTIONS: lambda document: replace(document, mentions=()),
    Part.FRAGMENTS: lambda document: map_mentions(
        document, lambda mention: replace(mention, fragments=())
    ),
    Part.LABEL_SPACES: _without_label_spaces,
    Part.CONFIDENCES: lambda document: map_mentions(
        document, lambda mention: replace(mention, confidence=None)
    ),
    Part.MENTION_IDS: lambda document: map_mentions(
        document, lambda mention: replace(mention, id=None)
    ),
    Part.MENTION_METADATA: lambda document: map_mentions(
        document, lambda mention: replace(mention, metadata={})
    ),
    Part.CONCEPTS: lambda document: map_mentions(
        document, lambda mention: replace(mention, concepts=())
    ),
    Part.CONCEPT_DETAILS: _without_concept_details,
    Part.ROLES: _without_roles,
    Part.RELATION_IDS: lambda document: map_relations(
        document, lambda relation: replace(relation, id=None)
    ),
    Part.RELATION_DETAILS: lambda document: map_relations(
        document, lambda relation: replace(relation, confidence=None, metadata={})
    ),
}
