"""BioC JSON: a collection, or documents or collections one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bioc.biocjson import fromJSON, toJSON

from bioweave.document import Document
from bioweave.errors import FormatError, InputError
from bioweave.formats.bioc.decoding import from_bioc
from bioweave.formats.bioc.encoding import to_bioc
from bioweave.formats.json_stream import JsonStream
from bioweave.formats.jsonl import dump_json
from bioweave.formats.parts import Part
from bioweave.formats.sink import Sink
from bioweave.formats.source import Source

_HEAD = (
    '{"bioctype":"BioCCollection","source":"bioweave","date":"","key":"","version":"1.0",'
    '"infons":{},"documents":[\n'
)
_TAIL = "\n]}\n"
_LISTS_OF_DOCUMENTS = ("documents", "PubTator3")  # the second is PubTator 3's own


def read_bioc_json(source: Source) -> Iterator[tuple[int | None, Document] | InputError]:
    """The documents of the file, whether it is one collection, several, or documents in lines."""
    stream = JsonStream(source)
    while stream.peek():
        yield from _read_value(stream, source)


def _read_value(
    stream: JsonStream, source: Source
) -> Iterator[tuple[int | None, Document] | InputError]:
    if stream.peek() == "[":
        for line, value in _with_lines(stream):
            yield from _read_object(value, line, source)
        return
    line = stream.line
    stream.take("{")
    members: dict[str, Any] = {}
    while stream.peek() != "}":
        key = stream.value()
        stream.take(":")
        if key in _LISTS_OF_DOCUMENTS and stream.peek() == "[":
            for document_line, value in _with_lines(stream):
                yield _read_document(value, document_line, source)
            members[key] = []
        else:
            members[key] = stream.value()
        if stream.peek() != ",":
            break
        stream.take(",")
    stream.take("}")
    yield from _read_object(members, line, source)


def _with_lines(stream: JsonStream) -> Iterator[tuple[int, Any]]:
    values = stream.array()
    while True:
        line = stream.line
        try:
            yield line, next(values)
        except StopIteration:
            return


def _read_object(
    value: Any, line: int, source: Source
) -> Iterator[tuple[int | None, Document] | InputError]:
    if isinstance(value, dict):
        lists = [value[key] for key in _LISTS_OF_DOCUMENTS if isinstance(value.get(key), list)]
        for document in (document for documents in lists for document in documents):
            yield _read_document(document, line, source)
        if lists:
            return
    yield _read_document(value, line, source)


def _read_document(
    value: Any, line: int, source: Source
) -> tuple[int | None, Document] | InputError:
    id_ = str(value["id"]) if isinstance(value, dict) and "id" in value else None
    place = source.place(line=line, document=id_)
    try:
        document = fromJSON(_completed(value), "BioCDocument")
        document.id = str(document.id)
        return line, from_bioc(document)
    except InputError as error:
        return type(error)(error.message, place)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        reason = f"the key {error} is missing" if isinstance(error, KeyError) else str(error)
        return FormatError(f"not the shape of a BioC document: {reason}", place)


def _completed(value: Any) -> dict[str, Any]:
    """The object with the empty lists and infons that the library insists on."""
    document = {"infons": {}, "relations": [], "annotations": [], **value}
    document["passages"] = [
        {"infons": {}, "sentences": [], "annotations": [], "relations": [], **passage}
        for passage in document["passages"]
    ]
    for passage in document["passages"]:
        passage["sentences"] = [
            {"infons": {}, "annotations": [], "relations": [], **sentence}
            for sentence in passage["sentences"]
        ]
    return document


class BiocJsonEncoder:
    """Writes a collection, document by document."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._separator = ""
        sink.write(_HEAD)

    def write(self, document: Document) -> list[Part]:
        """Writes the document whole: nothing is lost."""
        self._sink.write(self._separator + dump_json(toJSON(to_bioc(document)), document.id))
        self._separator = ",\n"
        return []

    def close(self) -> None:
        """Completes the collection."""
        if not self._sink.is_closed:
            self._sink.write(_TAIL)
            self._sink.close()
