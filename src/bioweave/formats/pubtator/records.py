"""PubTator's lines as raw records, nothing checked against the text.

    PMID|t|TITLE
    PMID|a|ABSTRACT
    PMID <tab> START <tab> END <tab> TEXT <tab> TYPE [<tab> IDS [<tab> EXTRA ...]]
    PMID <tab> RELATION <tab> ID1 <tab> ID2 [<tab> EXTRA ...]

A blank line, or the next title, ends a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bioweave.formats.lines import Unreadable

# No relation has such a name.
_AMOUNT = re.compile(r"[+-]?\d+([.,]\d+)?")
_PASSAGE = re.compile(r"([^|\t]*)\|([ta])\|(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PubTatorMention:
    """A mention's row. `ids` is the sixth column as it stands, `extra` all that follow it."""

    line: int
    pmid: str
    start: int
    end: int
    text: str
    label: str
    ids: str = ""
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PubTatorRelation:
    """A relation's row: what it joins are concept ids, `extra` all that follow the second."""

    line: int
    pmid: str
    label: str
    first: str
    second: str
    extra: tuple[str, ...] = ()


@dataclass(slots=True)
class PubTatorRecord:
    """A title, an abstract, and the rows below them; `line` and `last_line` count from 1."""

    pmid: str
    line: int
    last_line: int
    title: str | None = None
    abstract: str | None = None
    mentions: list[PubTatorMention] = field(default_factory=list)
    relations: list[PubTatorRelation] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Title and abstract joined by the one character that PubTator's offsets count."""
        return "\n".join(part for part in (self.title, self.abstract) if part is not None)


def parse_records(lines: Iterable[str]) -> Iterator[PubTatorRecord]:
    r"""One record after the other, never raising: a line that fits nothing is in `unreadable`.

    >>> record, = parse_records(["7|t|Gout.", "7|a|", "7\t0\t4\tGout\tDisease\tD006073"])
    >>> record.text, record.mentions[0].ids
    ('Gout.\n', 'D006073')
    """
    record: PubTatorRecord | None = None
    for number, raw in enumerate(lines, start=1):
        line = raw.rstrip("\r\n")
        if not line.strip():
            if record is not None:
                yield record
            record = None
            continue
        passage = _PASSAGE.fullmatch(line)
        pmid = passage[1].strip() if passage else line.partition("\t")[0].strip()
        if record is not None and passage and _begins_another(record, pmid, passage[2]):
            yield record
            record = None
        if record is None:
            record = PubTatorRecord(pmid, number, number)
        record.last_line = number
        if passage is None:
            _add_row(record, number, line)
        elif passage[2] == "t":
            record.title = passage[3]
        else:
            record.abstract = passage[3]
    if record is not None:
        yield record


def _begins_another(record: PubTatorRecord, pmid: str, kind: str) -> bool:
    if record.pmid != pmid:
        return True
    filled = record.title if kind == "t" else record.abstract
    return filled is not None or bool(record.mentions or record.relations)


def _add_row(record: PubTatorRecord, number: int, line: str) -> None:
    columns = line.split("\t")
    pmid = columns[0].strip()
    if pmid != record.pmid:
        reason = f"the row is of document {pmid!r}, but stands below {record.pmid!r}"
        record.unreadable.append(Unreadable(number, line, reason))
    elif len(columns) >= 5 and _is_number(columns[1]) and _is_number(columns[2]):
        start, end = int(columns[1]), int(columns[2])
        ids = columns[5] if len(columns) > 5 else ""
        record.mentions.append(
            PubTatorMention(
                number, pmid, start, end, columns[3], columns[4], ids, tuple(columns[6:])
            )
        )
    elif len(columns) >= 5 and _AMOUNT.fullmatch(columns[1].strip()):
        reason = f"offsets are whole numbers from 0, not {columns[1]!r} and {columns[2]!r}"
        record.unreadable.append(Unreadable(number, line, reason))
    elif len(columns) >= 4 and not _is_number(columns[1]):
        record.relations.append(
            PubTatorRelation(number, pmid, columns[1], columns[2], columns[3], tuple(columns[4:]))
        )
    else:
        reason = "neither a title, an abstract, a mention's row nor a relation's row"
        record.unreadable.append(Unreadable(number, line, reason))


def _is_number(column: str) -> bool:
    return column.strip().isascii() and column.strip().isdigit()
