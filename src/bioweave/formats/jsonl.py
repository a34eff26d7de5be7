"""JSONL: one document a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bioweave.document import Document
from bioweave.errors import FormatError, InputError, Place
from bioweave.formats.json_shape import document_from_json, document_to_json
from bioweave.formats.lines import Lines
from bioweave.formats.parts import Part
from bioweave.formats.sink import Sink
from bioweave.formats.source import Source


def read_jsonl(source: Source) -> Iterator[tuple[int | None, Document] | InputError]:
    """The documents, each with its line, or what is wrong with the line."""
    lines = Lines(source)
    for line in lines:
        failure = lines.take_failure()
        if failure is not None:
            yield failure
        elif line.strip():
            yield _read_line(line, source, lines.number)


def _read_line(line: str, source: Source, number: int) -> tuple[int | None, Document] | InputError:
    place = source.place(line=number)
    try:
        data = parse_json(line, place)
        return number, document_from_json(data, default_id=f"{source.stem}-{number}", place=place)
    except InputError as error:
        return error


class JsonlEncoder:
    """Writes each document as a line."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, document: Document) -> list[Part]:
        """Writes the document whole: nothing is lost."""
        self._sink.write(dump_json(document_to_json(document), document.id) + "\n")
        return []

    def close(self) -> None:
        """Closes the sink."""
        self._sink.close()


def parse_json(text: str, place: Place) -> Any:
    """The value; FormatError with the column where the text is not JSON."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise FormatError(f"not JSON: {error.msg} at column {error.colno}", place) from error
    except (ValueError, RecursionError) as error:  # a number too long, or nesting too deep
        raise FormatError(f"JSON that cannot be read: {error}", place) from error


def dump_json(value: object, document: str) -> str:
    """Compact JSON; FormatError, naming the document, if a metadata value has no JSON form."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise FormatError(
            f"cannot be written as JSON ({error}): metadata may hold only strings, finite "
            f"numbers, booleans, None, lists and dicts",
            Place(document=document),
        ) from error
