"""Documents as brat pairs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bioweave.document import Document, Mention, Relation
from bioweave.errors import FormatError, Place
from bioweave.formats.brat.reading import MEMBER, TRIGGER
from bioweave.formats.folder import Folder, document_id, file_stem, is_folder
from bioweave.formats.parts import FORMAT_TABLE, Part
from bioweave.formats.sink import Sink

_MENTION_ID = re.compile(r"T\d+")
_ONE_LINE = re.compile(r"[^\t\r\n]*")


class BratEncoder:
    """Writes a pair for each document into a folder, or one pair where the path is a file."""

    def __init__(self, path: Path) -> None:
        self._pair = None if is_folder(path, FORMAT_TABLE["brat"], ".txt") else path
        self._folder = Folder(path.parent if self._pair else path)
        self._has_written = False

    def write(self, document: Document) -> list[Part]:
        """Writes the text, then the annotations."""
        lost: list[Part] = []
        lines = list(_lines(document, lost))
        stem = self._stem(document.id, lost)
        self._has_written = True
        for suffix, content in ((".txt", document.text), (".ann", "".join(lines))):
            sink = Sink(self._folder.path / f"{stem}{suffix}")
            try:
                sink.write(content)
            finally:
                sink.close()
        return lost

    def close(self) -> None:
        """Nothing is left open."""

    def _stem(self, document: str, lost: list[Part]) -> str:
        if self._pair is None:
            return self._folder.stem(document)
        if self._has_written:
            raise FormatError(
                "a pair of brat files holds one document; give a folder to write more",
                Place(str(self._pair), document=document),
            )
        if document_id(self._pair.stem) != document and self._pair.stem != file_stem(document):
            lost.append(Part.DOCUMENT_IDS)
        return self._pair.stem


def _lines(document: Document, lost: list[Part]) -> Iterator[str]:
    mention_ids = _mention_ids(document, lost)
    relation_ids = _relation_ids(document, lost)
    # A mention's text lies on one line; its fragments are joined as brat joins them.
    counts = {"A": 0, "N": 0, "#": 0}
    for mention, id_ in zip(document.mentions, mention_ids, strict=True):
        spans = mention.fragments or (mention.span,)
        offsets = ";".join(f"{start} {end}" for start, end in spans)
        covered = " ".join(document.text[start:end] for start, end in spans)
        text = re.sub(r"[\t\r\n]", " ", covered)
        yield f"{id_}\t{mention.label} {offsets}\t{text}\n"
        yield from _normalisations(mention, id_, counts, lost)
        yield from _remarks(mention.metadata, id_, counts, lost, Part.MENTION_METADATA)
    renamed = {
        ("mention", mention.id): id_
        for mention, id_ in zip(document.mentions, mention_ids, strict=True)
    } | {
        ("relation", relation.id): relation_id
        for relation, relation_id in zip(document.relations, relation_ids, strict=True)
        if relation_id is not None
    }
    for relation, relation_id in zip(document.relations, relation_ids, strict=True):
        arguments = [
            (argument.role, renamed[argument.kind, argument.target])
            for argument in relation.arguments
        ]
        yield _relation_line(relation, relation_id, arguments)
        if relation.confidence is not None:
            lost.append(Part.RELATION_DETAILS)
        if relation_id is not None:
            remarks = relation.metadata, relation_id, counts, lost
            yield from _remarks(*remarks, Part.RELATION_DETAILS)
        elif relation.metadata:
            lost.append(Part.RELATION_DETAILS)


def _relation_line(relation: Relation, id_: str | None, arguments: list[tuple[str, str]]) -> str:
    if id_ is None:
        return f"*\t{relation.label} {' '.join(target for _, target in arguments)}\n"
    spelled = [f"{role}:{target}" for role, target in arguments]
    if id_.startswith("R"):
        return f"{id_}\t{' '.join((relation.label, *spelled))}\n"
    (_, trigger), *_ = arguments
    return f"{id_}\t{' '.join((f'{relation.label}:{trigger}', *spelled[1:]))}\n"


def _mention_ids(document: Document, lost: list[Part]) -> list[str]:
    given = [mention.id for mention in document.mentions]
    if all(id_ is not None and _MENTION_ID.fullmatch(id_) for id_ in given):
        return [id_ for id_ in given if id_ is not None]
    if any(id_ is not None for id_ in given):
        lost.append(Part.MENTION_IDS)
    return [f"T{number}" for number in range(1, len(given) + 1)]


def _relation_ids(document: Document, lost: list[Part]) -> list[str | None]:
    """R or E and a number; None for an equivalence, which has none."""
    letters = [_letter(relation) for relation in document.relations]
    given = [relation.id for relation in document.relations]
    fits = [
        letter == "*" if id_ is None else re.fullmatch(rf"{letter}\d+", id_) is not None
        for id_, letter in zip(given, letters, strict=True)
    ]
    if all(fits):
        return given
    if any(id_ is not None and not fit for id_, fit in zip(given, fits, strict=True)):
        lost.append(Part.RELATION_IDS)
    return [
        None if letter == "*" else f"{letter}{number}"
        for number, letter in enumerate(letters, start=1)
    ]


def _letter(relation: Relation) -> str:
    roles = [argument.role for argument in relation.arguments]
    is_of_mentions = all(argument.kind == "mention" for argument in relation.arguments)
    if relation.id is None and roles and set(roles) == {MEMBER} and is_of_mentions:
        return "*"
    has_trigger = roles[:1] == [TRIGGER] and relation.arguments[0].kind == "mention"
    return "E" if has_trigger else "R"


def _normalisations(
    mention: Mention, id_: str, counts: dict[str, int], lost: list[Part]
) -> Iterator[str]:
    for concept in mention.concepts:
        counts["N"] += 1
        concept_id = "_".join(concept.id.split()) or "_"
        name = re.sub(r"[\t\r\n]", " ", concept.name or "")
        if concept_id != concept.id:
            lost.append(Part.CONCEPTS)
        if concept.score is not None or (name or None) != concept.name:
            lost.append(Part.CONCEPT_DETAILS)
        yield f"N{counts['N']}\tReference {id_} {concept_id}\t{name}\n"


def _remarks(
    metadata: Mapping[str, Any], id_: str, counts: dict[str, int], lost: list[Part], part: Part
) -> Iterator[str]:
    """The attributes and the notes; what has no such form is reported as lost."""
    attributes, notes = metadata.get("attributes", {}), metadata.get("notes", [])
    if metadata.keys() - {"attributes", "notes"} or not _are_attributes(attributes):
        lost.append(part)
    if _are_attributes(attributes):
        for name, value in attributes.items():
            counts["A"] += 1
            suffix = "" if value is True else f" {value}"
            yield f"A{counts['A']}\t{name} {id_}{suffix}\n"
    if not isinstance(notes, list | tuple):
        lost.append(part)
        return
    for note in notes:
        if not isinstance(note, str) or not _ONE_LINE.fullmatch(note):
            lost.append(part)
        counts["#"] += 1
        text = re.sub(r"[\t\r\n]", " ", str(note))
        yield f"#{counts['#']}\tAnnotatorNotes {id_}\t{text}\n"


def _are_attributes(attributes: object) -> bool:
    return isinstance(attributes, Mapping) and all(
        isinstance(name, str)
        and name.split() == [name]
        and (value is True or (isinstance(value, str) and value.strip() == value != ""))
        and _ONE_LINE.fullmatch(str(value))
        for name, value in attributes.items()
    )
