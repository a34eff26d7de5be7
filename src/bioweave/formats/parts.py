"""What a document is made of, and which format holds which part: the one table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """A part of a document that some format cannot hold; the value is its name in messages."""

    DOCUMENT_IDS = "document ids"
    WHITE_SPACE = "white space as it stands"
    LAYOUT = "tabs and line breaks"
    CONTROL_CHARACTERS = "control characters"
    NUL_CHARACTERS = "NUL characters"
    PASSAGES = "passages"
    METADATA = "metadata of documents"
    MENTIONS = "mentions"
    EXACT_BOUNDARIES = "mention boundaries inside a word"
    OVERLAPS = "nested and overlapping mentions"
    FRAGMENTS = "gaps of discontinuous mentions"
    LABEL_SPACES = "spaces in labels and roles"
    CONFIDENCES = "confidences of mentions"
    MENTION_IDS = "ids of mentions"
    MENTION_METADATA = "metadata of mentions"
    CONCEPTS = "concepts"
    CONCEPT_DETAILS = "names and scores of concepts"
    MENTION_RELATIONS = "relations between mentions"
    CONCEPT_RELATIONS = "relations between concepts"
    EVENTS = "relations of relations"
    ROLES = "roles in relations"
    RELATION_IDS = "ids of relations"
    RELATION_DETAILS = "confidences and metadata of relations"


@dataclass(frozen=True, slots=True)
class Format:
    """A format's name, the suffixes of its files (the first is the usual one), and its reach.

    `partly` maps the parts that a format holds only in some shape to that shape; a document in
    another shape is fitted to it, and the part is reported as lost.
    """

    name: str
    suffixes: tuple[str, ...]
    holds: frozenset[Part]
    partly: dict[Part, str]
    is_readable: bool = True


_ALL = frozenset(Part)
_TEXT = frozenset({Part.WHITE_SPACE, Part.LAYOUT, Part.CONTROL_CHARACTERS})
_MENTIONS = frozenset({Part.MENTIONS, Part.OVERLAPS, Part.EXACT_BOUNDARIES})


def _format(
    name: str,
    *suffixes: str,
    holds: frozenset[Part],
    partly: dict[Part, str] | None = None,
    is_readable: bool = True,
) -> Format:
    return Format(name, suffixes, holds, partly or {}, is_readable)


FORMAT_TABLE: dict[str, Format] = {
    format.name: format
    for format in (
        _format(
            "text",
            ".txt",
            holds=_TEXT,
            partly={Part.DOCUMENT_IDS: "the id that the file's name spells"},
        ),
        _format("jsonl", ".jsonl", ".ndjson", holds=_ALL),
        _format(
            "bioc-xml",
            ".xml",
            holds=_ALL - {Part.NUL_CHARACTERS, Part.CONTROL_CHARACTERS},
        ),
        _format("bioc-json", ".json", holds=_ALL),
        _format(
            "pubtator",
            ".pubtator",
            holds=_MENTIONS | {Part.LABEL_SPACES, Part.CONTROL_CHARACTERS},
            partly={
                Part.CONCEPTS: "ids without separators (| + ; ,)",
                Part.DOCUMENT_IDS: "ids without white space or |",
                Part.WHITE_SPACE: "one space between title and abstract",
                Part.PASSAGES: "a title and an abstract",
                Part.MENTION_METADATA: "`ids` and `extra`: the column as it stood, and those after",
                Part.CONCEPT_RELATIONS: "between two concepts",
                Part.RELATION_DETAILS: "`extra`: the columns after the second concept",
            },
        ),
        _format(
            "brat",
            ".ann",
            holds=_TEXT
            | _MENTIONS
            | {Part.FRAGMENTS, Part.MENTION_RELATIONS, Part.EVENTS, Part.ROLES},
            partly={
                Part.DOCUMENT_IDS: "the id that the files' name spells",
                Part.CONCEPTS: "ids without white space",
                Part.MENTION_IDS: "T1, T2 ...",
                Part.MENTION_METADATA: "`attributes` and `notes`",
                Part.CONCEPT_DETAILS: "names",
                Part.RELATION_IDS: "R1, R2 ..., and E1, E2 ... for events",
                Part.RELATION_DETAILS: "`attributes` and `notes`",
            },
        ),
        _format(
            "conll",
            ".conll",
            ".iob",
            ".iob2",
            ".bio",
            ".bioes",
            holds=frozenset({Part.MENTIONS, Part.CONTROL_CHARACTERS}),
            partly={
                Part.DOCUMENT_IDS: "ids without tabs and line breaks",
                Part.WHITE_SPACE: "one space between words, one line break between sentences",
                Part.LAYOUT: "a line break between sentences",
                Part.PASSAGES: "sentences",
                Part.EXACT_BOUNDARIES: "mentions end where words end",
                Part.OVERLAPS: "the longest of mentions that overlap",
            },
        ),
        _format(
            "pubmed-xml",
            ".xml",
            holds=frozenset(),
            partly={
                Part.DOCUMENT_IDS: "PMID: and a number",
                Part.WHITE_SPACE: "single spaces",
                Part.PASSAGES: "a title and an abstract's sections",
            },
        ),
        _format("csv", ".csv", holds=_ALL - {Part.NUL_CHARACTERS}),
        _format("parquet", ".parquet", holds=_ALL),
        _format(
            "html",
            ".html",
            ".htm",
            holds=_TEXT
            | _MENTIONS
            | {Part.DOCUMENT_IDS, Part.LABEL_SPACES, Part.CONFIDENCES, Part.FRAGMENTS}
            | {Part.CONCEPTS, Part.CONCEPT_DETAILS} - {Part.CONTROL_CHARACTERS},
            is_readable=False,
        ),
    )
}

FORMATS = tuple(FORMAT_TABLE)
READABLE = tuple(name for name, format in FORMAT_TABLE.items() if format.is_readable)


def markdown_table() -> str:
    """The table for the documentation: a row a part, a column a format."""
    notes: list[str] = []
    rows = [
        f"| | {' | '.join(FORMATS)} |",
        f"|---{'|:-:' * len(FORMATS)}|",
    ]
    for part in Part:
        cells = [_cell(part, format, notes) for format in FORMAT_TABLE.values()]
        rows.append(f"| {part} | {' | '.join(cells)} |")
    rows += ["", *(f"{number}. {note}" for number, note in enumerate(notes, start=1))]
    return "\n".join(rows) + "\n"


def _cell(part: Part, format: Format, notes: list[str]) -> str:
    if part in format.holds:
        return "yes"
    if part not in format.partly:
        return ""
    notes.append(f"{format.name}: {format.partly[part]}")
    return f"({len(notes)})"
