"""Plain text: one file, one document, named after the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from bioweave.document import Document
from bioweave.errors import FormatError, InputError, Place
from bioweave.formats.folder import Folder, document_id, is_folder
from bioweave.formats.lines import decode
from bioweave.formats.parts import Format, Part
from bioweave.formats.sink import Sink
from bioweave.formats.source import Source, stem_of

_BOM = b"\xef\xbb\xbf"


def read_text(source: Source) -> Iterator[tuple[int | None, Document] | InputError]:
    """The whole file as one document, line ends as they stand, so that offsets are the file's."""
    yield 1, Document(document_id(source.stem), whole_text(source))


def whole_text(source: Source) -> str:
    """All characters of a source but a byte order mark; FormatError where it is not UTF-8."""
    source.check_not_empty()
    content = source.stream.read()
    has_bom = content.startswith(_BOM)
    return decode(content.removeprefix(_BOM), source, byte_offset=len(_BOM) if has_bom else 0)


def text_encoder(target: Path | BinaryIO, format: Format) -> TextEncoder | TextFolderEncoder:
    """An encoder to one file, or to a folder where the path means one."""
    if isinstance(target, Path) and is_folder(target, format):
        return TextFolderEncoder(target)
    stem = stem_of(target) if isinstance(target, Path) else ""
    return TextEncoder(Sink(target), document_id(stem))


class TextEncoder:
    """Writes the text of one document; raises FormatError at a second one.

    `id` is the one that a reader of the file would give it.
    """

    def __init__(self, sink: Sink, id: str) -> None:
        self._sink = sink
        self._id = id
        self._first: str | None = None

    def write(self, document: Document) -> list[Part]:
        """Writes the text as it stands."""
        if self._first is not None:
            raise FormatError(
                f"a text file holds one document, and {self._first!r} is in it already; give a "
                f"folder to write a file for each document, or write jsonl",
                Place(self._sink.name, document=document.id),
            )
        self._sink.write(document.text)
        self._first = document.id
        return [Part.DOCUMENT_IDS] if document.id != self._id else []

    def close(self) -> None:
        """Closes the sink."""
        self._sink.close()


class TextFolderEncoder:
    """Writes each document's text to a file of its own."""

    def __init__(self, path: Path) -> None:
        self._folder = Folder(path)

    def write(self, document: Document) -> list[Part]:
        """Writes one file."""
        sink = Sink(self._folder.path / f"{self._folder.stem(document.id)}.txt")
        try:
            sink.write(document.text)
        finally:
            sink.close()
        return []

    def close(self) -> None:
        """Nothing is left open."""
