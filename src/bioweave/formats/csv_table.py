"""CSV: a row for each document, and below it a row for each of its mentions.

The document's row holds its id, its text and, as JSON in `details`, its passages, relations and
metadata; a mention's row has the columns from `start` on, and an empty `text`. So the text
stands once, a document without mentions is kept, and the rows with a `start` are the mentions.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bioweave.document import Concept, Document, Mention
from bioweave.errors import FormatError, InputError
from bioweave.formats.concept_ids import join_ids, split_ids
from bioweave.formats.json_shape import document_from_json, document_to_json
from bioweave.formats.jsonl import dump_json
from bioweave.formats.lines import Lines
from bioweave.formats.parts import Part
from bioweave.formats.sink import Sink
from bioweave.formats.source import Source

COLUMNS = (
    "document", "text", "start", "end", "mention", "label", "confidence", "concepts",
    "mention_id", "fragments", "details",
)  # fmt: skip
_LARGEST_FIELD = 1 << 30


def read_csv(source: Source) -> Iterator[tuple[int | None, Document] | InputError]:
    """The documents, by the header's names; only `text` must be there, others are optional.

    A row that has both a text and a `start`, as in tables that repeat the text in each row,
    begins a document unless the row above has the same document and text.
    """
    csv.field_size_limit(_LARGEST_FIELD)  # documents may be long
    lines = Lines(source)
    rows = csv.reader(lines, strict=True)
    collector = _Collector(source)
    try:
        header = [name.strip() for name in next(rows, [])]
        if "text" not in header:
            raise FormatError(
                f"the header has no column 'text'; expected {', '.join(COLUMNS)}",
                source.place(line=1),
            )
        for row in rows:
            failure = lines.take_failure()
            if row:
                yield from collector.add(header, row, rows.line_num, failure)
    except csv.Error as error:
        yield from collector.finish()
        raise FormatError(f"not CSV: {error}", source.place(line=rows.line_num)) from error
    yield from collector.finish()


class _Collector:
    """Gathers rows until the next document begins."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._data: dict[str, Any] | None = None
        self._line = 0
        self._n_documents = 0
        self._failure: InputError | None = None

    def add(
        self, header: list[str], row: list[str], line: int, failure: FormatError | None
    ) -> Iterator[tuple[int | None, Document] | InputError]:
        fields = dict(zip(header, row, strict=False))
        is_mention = bool(fields.get("start"))
        if not is_mention or self._begins(fields):
            yield from self.finish()
            self._n_documents += 1
            self._line = line
            default_id = f"{self._source.stem}-{self._n_documents}"
            self._data = {
                "id": fields.get("document") or default_id,
                "text": fields.get("text", ""),
                "mentions": [],
            }
        assert self._data is not None
        place = self._source.place(line=line, document=self._data["id"])
        try:
            if failure is not None:
                raise FormatError(failure.message, replace(failure.place, document=place.document))
            if len(row) != len(header):
                raise FormatError(
                    f"the row has {len(row)} columns, the header {len(header)}", place
                )
            if is_mention:
                self._data["mentions"].append(_mention_from_row(fields))
            else:
                self._data |= json.loads(fields.get("details") or "{}")
        except InputError as error:
            self._failure = self._failure or error
        except ValueError as error:
            self._failure = self._failure or FormatError(f"a field is wrong: {error}", place)

    def finish(self) -> Iterator[tuple[int | None, Document] | InputError]:
        data, failure = self._data, self._failure
        self._data = self._failure = None
        if failure is not None:
            yield failure
        elif data is not None:
            try:
                yield (
                    self._line,
                    document_from_json(data, place=self._source.place(line=self._line)),
                )
            except InputError as error:
                yield error

    def _begins(self, fields: Mapping[str, str]) -> bool:
        if self._data is None:
            return True
        text, document = fields.get("text"), fields.get("document")
        is_other_text = bool(text) and text != self._data["text"]
        return is_other_text or bool(document and text and document != self._data["id"])


def _mention_from_row(fields: Mapping[str, str]) -> dict[str, Any]:
    details = json.loads(fields.get("details") or "{}")
    concepts = [{"id": id_} for id_ in split_ids(fields.get("concepts", ""))]
    return {
        "start": int(fields["start"]),
        "end": int(fields.get("end", "")),
        "text": fields.get("mention") or None,
        "label": fields.get("label", ""),
        "confidence": float(fields["confidence"]) if fields.get("confidence") else None,
        "concepts": concepts,
        "id": fields.get("mention_id") or None,
        "fragments": [
            [int(end) for end in fragment.split(":")]
            for fragment in fields.get("fragments", "").split(";")
            if fragment
        ],
        **details,
    }


class CsvEncoder:
    """Writes the rows of each document."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._has_header = False

    def write(self, document: Document) -> list[Part]:
        """Writes the document's row and its mentions' rows."""
        rows = io.StringIO()
        table = csv.writer(rows)  # lines end as RFC 4180 says
        if not self._has_header:
            table.writerow(COLUMNS)
        values = document_to_json(document)
        details = {key: values[key] for key in ("passages", "relations", "metadata") if values[key]}
        blank = [""] * (len(COLUMNS) - 3)
        table.writerow([document.id, document.text, *blank, _details(details, document.id)])
        for mention, spelled in zip(document.mentions, values["mentions"], strict=True):
            table.writerow(_mention_row(document.id, mention, spelled))
        self._sink.write(rows.getvalue())
        self._has_header = True
        return []

    def close(self) -> None:
        """Closes the sink; a table of no documents still has its header."""
        if not self._sink.is_closed and not self._has_header:
            self._sink.write(",".join(COLUMNS) + "\r\n")
        self._sink.close()


def _mention_row(document: str, mention: Mention, spelled: dict[str, Any]) -> list[str]:
    ids = tuple(concept.id for concept in mention.concepts)
    column = join_ids(ids)
    details = {"metadata": spelled["metadata"]} if mention.metadata else {}
    if column is None or mention.concepts != tuple(map(Concept, ids)):
        details["concepts"] = spelled["concepts"]
    return [
        document,
        "",
        str(mention.start),
        str(mention.end),
        mention.text,
        mention.label,
        "" if mention.confidence is None else repr(float(mention.confidence)),
        column if column is not None else "|".join(ids),
        mention.id or "",
        ";".join(f"{start}:{end}" for start, end in mention.fragments),
        _details(details, document),
    ]


def _details(details: dict[str, Any], document: str) -> str:
    return dump_json(details, document) if details else ""
