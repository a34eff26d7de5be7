"""The BioC library's objects as documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from bioc import BioCAnnotation, BioCDocument, BioCRelation

from bioweave.document import Argument, Concept, Document, Mention, Passage, Relation, Span
from bioweave.errors import FormatError, OffsetError
from bioweave.formats.bioc.encoding import (
    ARGUMENTS,
    CONCEPT_KEYS,
    CONCEPTS,
    RESERVED_IN_MENTIONS,
    RESERVED_IN_RELATIONS,
    UNMARKED,
    kind_of_target,
)
from bioweave.formats.bioc.infons import metadata_of, own_value
from bioweave.formats.concept_ids import split_ids
from bioweave.formats.json_shape import concepts_from_json, relation_from_json

# Of all gaps of a document together: an offset alone must not make a text of any length.
_LONGEST_GAPS = 1_000_000


def from_bioc(encoded: BioCDocument) -> Document:
    """The document, its text put together from the passages by their offsets.

    Offsets count code points, as BioC says. Where the annotations' texts contradict that, and
    fit all of them if offsets are taken for UTF-8 bytes (as some tools write them), they are taken
    so. Raises OffsetError where neither fits, and FormatError where something needed is missing.
    """
    try:
        return _document(encoded, len)
    except OffsetError as error:
        try:
            return _document(encoded, _n_bytes)
        except (OffsetError, FormatError):
            raise error from None


def _n_bytes(text: str) -> int:
    return len(text.encode("utf-8", errors="surrogatepass"))


def _document(encoded: BioCDocument, size: Callable[[str], int]) -> Document:
    text, passages = _text(encoded, size)
    to_characters = _positions(text) if size is _n_bytes else None
    annotations = chain.from_iterable(_parts(encoded, "annotations"))
    mentions = tuple(_mention(annotation, text, to_characters) for annotation in annotations)
    relations = list(chain.from_iterable(_parts(encoded, "relations")))
    mention_ids = {mention.id for mention in mentions if mention.id is not None}
    relation_ids = {relation.id for relation in relations if relation.id}
    metadata = metadata_of(encoded.infons, frozenset())
    more = [metadata_of(passage.infons, frozenset({"type"})) for passage in encoded.passages]
    if any(more):
        metadata["passages"] = more
    return Document(
        encoded.id,
        text,
        mentions,
        tuple(_relation(relation, mention_ids, relation_ids) for relation in relations),
        passages,
        metadata,
    )


def _parts(encoded: BioCDocument, what: str) -> Iterator[list[Any]]:
    for passage in encoded.passages:
        yield getattr(passage, what)
        for sentence in passage.sentences:
            yield getattr(sentence, what)
    yield getattr(encoded, what)


def _text(encoded: BioCDocument, size: Callable[[str], int]) -> tuple[str, tuple[Passage, ...]]:
    pieces: list[str] = []
    passages: list[Passage] = []
    n_characters = counted = gaps = 0

    def append(piece: str, offset: int | None) -> None:
        nonlocal n_characters, counted, gaps
        gap = 0 if offset is None else offset - counted
        if gap < 0 or gaps + gap > _LONGEST_GAPS:
            problem = "overlaps what stands before it" if gap < 0 else "leaves too long a gap"
            raise OffsetError(f"the passage at offset {offset} {problem} (up to {counted})")
        gaps += gap
        pieces.append(" " * gap + piece)
        n_characters += gap + len(piece)
        counted += gap + size(piece)

    for passage in encoded.passages:
        gap_end = n_characters
        if passage.text or not passage.sentences:
            append(passage.text or "", passage.offset)
            start = n_characters - len(passage.text or "")
        else:
            first = passage.sentences[0]
            append(first.text or "", first.offset)
            start = n_characters - len(first.text or "")
            for sentence in passage.sentences[1:]:
                append(sentence.text or "", sentence.offset)
        # JSON may have a number there.
        kind = str(passage.infons.get("type") or "")
        if kind != UNMARKED:
            passages.append(Passage(max(start, gap_end), n_characters, kind or "passage"))
    return "".join(pieces), tuple(passages)


def _positions(text: str) -> dict[int, int]:
    """From a character's first byte in UTF-8 to the character's offset."""
    positions, byte_offset = {}, 0
    for offset, character in enumerate(text):
        positions[byte_offset] = offset
        byte_offset += _n_bytes(character)
    positions[byte_offset] = len(text)
    return positions


def _mention(
    annotation: BioCAnnotation, text: str, to_characters: dict[int, int] | None
) -> Mention:
    where = f"annotation {annotation.id!r}"
    if not annotation.locations:
        raise FormatError(f"{where} has no location")
    label = annotation.infons.get("type")
    if not label or not isinstance(label, str):
        raise FormatError(f"{where} has no infon 'type', which is its label")
    spans = sorted((place.offset, place.offset + place.length) for place in annotation.locations)
    if to_characters is not None:
        spans = [(to_characters.get(start, -1), to_characters.get(end, -1)) for start, end in spans]
    fragments = tuple(Span(start, end) for start, end in spans)
    start, end = fragments[0].start, fragments[-1].end
    if not 0 <= start < end <= len(text):
        raise OffsetError(
            f"{where} at {start}:{end} lies outside the text of {len(text)} characters or is empty"
        )
    covered = " ".join(text[start:end] for start, end in fragments)
    claimed = annotation.text or ""
    if claimed and claimed not in (covered, text[start:end]) and not _same(claimed, covered):
        raise OffsetError(
            f"{where} reads {claimed!r}, but the text has {covered!r} at {start}:{end}"
        )
    confidence, metadata = _confidence(annotation.infons)
    metadata |= metadata_of(annotation.infons, RESERVED_IN_MENTIONS)
    return Mention(
        start,
        end,
        text[start:end],
        label,
        confidence,
        _concepts(annotation),
        annotation.id or None,
        fragments if len(fragments) > 1 else (),
        metadata,
    )


def _same(claimed: str, covered: str) -> bool:
    """Whether texts differ only in white space, or in the dots that stand for a gap."""
    return claimed.replace("...", " ").split() == covered.split()


def _concepts(annotation: BioCAnnotation) -> tuple[Concept, ...]:
    whole = own_value(annotation.infons, CONCEPTS)
    if isinstance(whole, list):
        return concepts_from_json(whole)
    concepts: list[Concept] = []
    for key in annotation.infons:
        if key not in CONCEPT_KEYS:
            continue
        prefix = "" if key == "identifier" else f"{key}:"
        ids = split_ids(annotation.infons[key] or "")
        concepts += [Concept(id_ if ":" in id_ else prefix + id_) for id_ in ids]
    return tuple(concepts)


def _relation(encoded: BioCRelation, mention_ids: set[str], relation_ids: set[str]) -> Relation:
    infons = encoded.infons
    confidence, metadata = _confidence(infons)
    metadata |= metadata_of(infons, RESERVED_IN_RELATIONS)
    label, kind = infons.get("relation"), infons.get("type")
    if label and kind:
        metadata["type"] = kind
    label = label or kind
    whole = own_value(infons, ARGUMENTS)
    if isinstance(whole, list):
        arguments = relation_from_json({"label": "", "arguments": whole}).arguments
    elif encoded.nodes:
        arguments = tuple(
            Argument(
                node.role or "",
                node.refid,
                kind_of_target(node.refid, mention_ids, relation_ids),
            )
            for node in encoded.nodes
        )
    else:
        # BC5CDR's way: no nodes, and an infon for each end, which is a concept.
        ends = {key: value for key, value in metadata.items() if _is_concept_role(key, value)}
        arguments = tuple(Argument(key, value, "concept") for key, value in ends.items())
        metadata = {key: value for key, value in metadata.items() if key not in ends}
    return Relation(
        label or "relation",
        arguments,
        encoded.id or None,
        confidence,
        metadata,
    )


def _is_concept_role(key: str, value: object) -> bool:
    return key[:1].isupper() and isinstance(value, str) and bool(value) and " " not in value


def _confidence(infons: dict[str, Any]) -> tuple[float | None, dict[str, Any]]:
    """The confidence; what is no probability (a percentage, say) stays in the metadata."""
    value = infons.get("confidence")
    if value is None:
        return None, {}
    try:
        confidence = float(value)
    except (TypeError, ValueError):
        return None, {"confidence": value}
    return (confidence, {}) if 0 <= confidence <= 1 else (None, {"confidence": value})
