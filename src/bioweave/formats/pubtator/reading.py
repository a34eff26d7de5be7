"""PubTator records as documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bioweave.document import Argument, Concept, Document, Mention, Passage, Relation
from bioweave.errors import FormatError, InputError
from bioweave.formats.concept_ids import join_ids, split_ids
from bioweave.formats.lines import Lines
from bioweave.formats.pubtator.records import (
    PubTatorMention,
    PubTatorRecord,
    PubTatorRelation,
    parse_records,
)
from bioweave.formats.source import Source


def read_pubtator(source: Source) -> Iterator[tuple[int | None, Document] | InputError]:
    """The documents; ids and labels stand as in the file.

    A mention's `metadata["ids"]` is its id column where ids are not simply joined by `|`, its
    `metadata["extra"]` the columns behind that.
    """
    lines = Lines(source)
    for record in parse_records(lines):
        failure = lines.take_failure()
        if failure is not None:
            yield FormatError(
                failure.message, source.place(line=failure.place.line, document=record.pmid)
            )
            continue
        problem = _problem(record)
        if problem is not None:
            line, reason = problem
            yield FormatError(reason, source.place(line=line, document=record.pmid))
            continue
        yield record.line, _document(record)


def _problem(record: PubTatorRecord) -> tuple[int, str] | None:
    if record.unreadable:
        first = record.unreadable[0]
        return first.line, first.reason
    if record.title is None and record.abstract is None:
        return record.line, f"rows without a title: expected a line '{record.pmid}|t|...' above"
    return None


def _document(record: PubTatorRecord) -> Document:
    title, abstract = record.title or "", record.abstract or ""
    text = f"{title} {abstract}" if abstract else title
    passages = [Passage(0, len(title), "title")] if title else []
    if abstract:
        passages.append(Passage(len(title) + 1, len(text), "abstract"))
    return Document(
        record.pmid,
        text,
        tuple(map(_mention, record.mentions)),
        tuple(map(_relation, record.relations)),
        tuple(passages),
    )


def _mention(row: PubTatorMention) -> Mention:
    ids = split_ids(row.ids)
    metadata: dict[str, Any] = {}
    if ids and join_ids(ids) != row.ids:
        metadata["ids"] = row.ids
    if row.extra:
        metadata["extra"] = list(row.extra)
    concepts = tuple(Concept(id_) for id_ in ids)
    return Mention(row.start, row.end, row.text, row.label, None, concepts, metadata=metadata)


def _relation(row: PubTatorRelation) -> Relation:
    arguments = (
        Argument("Arg1", row.first, "concept"),
        Argument("Arg2", row.second, "concept"),
    )
    metadata = {"extra": list(row.extra)} if row.extra else {}
    return Relation(row.label, arguments, metadata=metadata)
