"""Documents <-> plain JSON values, in the shape that the JSONL format promises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bioweave.document import Argument, Concept, Document, Mention, Passage, Relation
from bioweave.errors import FormatError, OffsetError, Place
from bioweave.formats.json_fields import Fields
from bioweave.formats.json_relations import END_KEYS, ends_from_fields, relations_to_json


def document_to_json(document: Document) -> dict[str, Any]:
    """The document as JSON values; offsets are code points.

    >>> document_to_json(Document("d1", "Gout."))["text"]
    'Gout.'
    """
    return {
        "id": document.id,
        "text": document.text,
        "mentions": [_mention_to_json(mention) for mention in document.mentions],
        "relations": list(relations_to_json(document)),
        "passages": [
            {"start": passage.start, "end": passage.end, "kind": passage.kind}
            for passage in document.passages
        ],
        "metadata": dict(document.metadata),
    }


# A few bytes that name a span make a copy of it, as long as the text: no file of a few megabytes
# may ask for more memory than there is. Nested mentions cover a text a few times.
_TIMES_COVERED = 16
_ROOM_AT_LEAST = 1 << 20


def document_from_json(
    data: Mapping[str, Any], *, default_id: str = "document", place: Place | None = None
) -> Document:
    """The document that JSON values describe; only `text` must be there.

    A mention's missing `text` is taken from the document's, and a key that has no place of its
    own goes into the `metadata` beside it. Raises FormatError, which names the key, where a value
    is of the wrong kind, and OffsetError where a mention without a text lies outside.

    >>> document = document_from_json({"text": "Gout.", "mentions": [
    ...     {"start": 0, "end": 4, "label": "Disease"}]})
    >>> document.mentions[0].text
    'Gout'
    """
    top = Fields(data, "the document", place)
    identifier = data.get("id")
    if isinstance(identifier, bool) or not isinstance(identifier, str | int | None):
        raise top.wrong("id", "a string")
    document_id = default_id if identifier is None else str(identifier)
    top.place = Place(place.source if place else None, place.line if place else None, document_id)
    text = top.text("text")
    room = _Room(_TIMES_COVERED * len(text) + _ROOM_AT_LEAST)
    return Document(
        id=document_id,
        text=text,
        mentions=tuple(_mention(fields, text, room) for fields in top.items("mentions")),
        relations=tuple(relation_from_fields(fields) for fields in top.items("relations")),
        passages=tuple(
            Passage(fields.integer("start"), fields.integer("end"), fields.text("kind"))
            for fields in top.items("passages")
        ),
        metadata=top.metadata({"id", "text", "mentions", "relations", "passages"}),
    )


def relation_from_json(data: Mapping[str, Any], *, place: Place | None = None) -> Relation:
    """The relation that JSON values describe; raises FormatError."""
    return relation_from_fields(Fields(data, "the relation", place))


def concepts_to_json(concepts: tuple[Concept, ...]) -> list[dict[str, Any]]:
    """Concepts as JSON values; what one does not have is left out."""
    return [
        {
            key: value
            for key, value in (("id", concept.id), ("name", concept.name), ("score", concept.score))
            if value is not None
        }
        for concept in concepts
    ]


def concepts_from_json(data: object, *, place: Place | None = None) -> tuple[Concept, ...]:
    """The concepts that JSON values describe; raises FormatError."""
    return tuple(map(_concept, Fields({"concepts": data}, "the mention", place).items("concepts")))


def _mention_to_json(mention: Mention) -> dict[str, Any]:
    values: dict[str, Any] = {
        "start": mention.start,
        "end": mention.end,
        "text": mention.text,
        "label": mention.label,
        "confidence": mention.confidence,
        "concepts": concepts_to_json(mention.concepts),
    }
    if mention.id is not None:
        values["id"] = mention.id
    if mention.fragments:
        values["fragments"] = [list(fragment) for fragment in mention.fragments]
    if mention.metadata:
        values["metadata"] = dict(mention.metadata)
    return values


class _Room:
    """How many characters of a document's text its mentions may still take copies of."""

    def __init__(self, n_characters: int) -> None:
        self._left = n_characters

    def take(self, n_characters: int, fields: Fields) -> None:
        self._left -= n_characters
        if self._left < 0:
            raise FormatError(
                f"the mentions cover the text more than {_TIMES_COVERED} times over: give each "
                f"its own text if that is meant",
                fields.place,
            )


def _mention(fields: Fields, document_text: str, room: _Room) -> Mention:
    start, end = fields.integer("start"), fields.integer("end")
    text = fields.optional_text("text")
    if text is None:
        if not 0 <= start < end <= len(document_text):
            raise OffsetError(
                f"{fields.name} at {start}:{end} lies outside the text of "
                f"{len(document_text)} characters or is empty",
                fields.place,
            )
        room.take(end - start, fields)
        text = document_text[start:end]
    return Mention(
        start,
        end,
        text,
        fields.text("label"),
        fields.optional_number("confidence"),
        tuple(map(_concept, fields.items("concepts"))),
        fields.optional_text("id"),
        fields.spans("fragments"),
        fields.metadata(
            {"start", "end", "text", "label", "confidence", "concepts", "id", "fragments"}
        ),
    )


def _concept(fields: Fields) -> Concept:
    return Concept(fields.text("id"), fields.optional_text("name"), fields.optional_number("score"))


def relation_from_fields(fields: Fields) -> Relation:
    """The relation that an object's fields describe."""
    return Relation(
        fields.text("label"),
        tuple(map(_argument, fields.items("arguments"))) or ends_from_fields(fields),
        fields.optional_text("id"),
        fields.optional_number("confidence"),
        fields.metadata({"label", "arguments", "id", "confidence", *END_KEYS}),
    )


def _argument(fields: Fields) -> Argument:
    role, target = fields.text("role"), fields.text("target")
    match fields.optional_text("kind"):
        case None | "mention":
            return Argument(role, target)
        case "concept":
            return Argument(role, target, "concept")
        case "relation":
            return Argument(role, target, "relation")
    raise fields.wrong("kind", "'mention', 'concept' or 'relation'")
