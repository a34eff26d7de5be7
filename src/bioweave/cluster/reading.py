"""The documents of a shard, each with its place in it, and what could not be read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from bioweave.cluster.inputs import own_stem
from bioweave.cluster.shards import Part, Shard
from bioweave.cluster.storage import at_hand, is_url, opened
from bioweave.document import Document
from bioweave.errors import BioweaveError, FormatError
from bioweave.formats import Failure, read_documents

# What readers call the source of a stream, and make ids of.
_STREAM_STEM = "document"


@dataclass(frozen=True, slots=True)
class Found:
    """A document, its place among those of the shard that can be read, and its file."""

    position: int
    source: str
    document: Document


def read_shard(shard: Shard) -> Iterator[Found | Failure]:
    """Everything in a shard, in order; the same each time, as long as its files are.

    What ends a file early is a failure with `ends_source`, and the next file follows.
    """
    position = 0
    for part in shard.parts:
        for found in _read_to_the_end(part):
            if isinstance(found, Failure):
                yield found
            else:
                yield Found(position, part.path, found)
                position += 1


def _read_to_the_end(part: Part) -> Iterator[Document | Failure]:
    try:
        yield from _read_part(part)
    except (OSError, MemoryError, BioweaveError):
        raise
    except Exception as error:
        # A defect of ours, or of a library; a long run must outlive it.
        yield Failure(part.path, None, None, f"{type(error).__name__}: {error}", ends_source=True)


def _read_part(part: Part) -> Iterator[Document | Failure]:
    try:
        yield from _read_as_it_comes(part)
    except FormatError as error:  # a file that went away
        yield Failure(part.path, None, None, error.message, ends_source=True)


def _read_as_it_comes(part: Part) -> Iterator[Document | Failure]:
    if part.row_groups is not None or (is_url(part.path) and part.format == "parquet"):
        groups = None if part.row_groups is None else range(*part.row_groups)
        with at_hand(part.path) as path:
            yield from _read(part, path, own_stem(part.path), groups)
    elif is_url(part.path) or part.end is not None:
        with opened(part.path) as file:
            yield from _read(part, io.BufferedReader(_Stretch(file, part)), _STREAM_STEM)
    else:
        yield from _read(part, Path(part.path), own_stem(part.path))


def _read(
    part: Part, target: Path | BinaryIO, stem: str, row_groups: range | None = None
) -> Iterator[Document | Failure]:
    failures: list[Failure] = []

    def told() -> Iterator[Failure]:
        for failure in failures:
            line = None if failure.line is None else failure.line + part.n_before
            yield replace(failure, source=part.path, line=line)
        failures.clear()

    documents = read_documents(
        target, part.format, on_failure=failures.append, row_groups=row_groups
    )
    for document in documents:
        yield from told()
        yield _renamed(document, stem, part)
    yield from told()


def _renamed(document: Document, stem: str, part: Part) -> Document:
    """The document, with the id that only its file's name and its line were the source of."""
    head, dash, number = document.id.rpartition("-")
    if dash and head == stem and number.isdigit():
        return replace(document, id=f"{part.stem}-{int(number) + part.n_before}")
    return replace(document, id=part.stem) if document.id == stem else document


class _Stretch(io.RawIOBase):
    """The bytes of a part, out of an opened file that it does not own."""

    def __init__(self, file: BinaryIO, part: Part) -> None:
        self.name = part.path
        self._file = file
        self._left = None if part.end is None else part.end - part.start
        file.seek(part.start)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = len(buffer) if self._left is None else min(len(buffer), self._left)
        data = self._file.read(size)
        buffer[: len(data)] = data
        if self._left is not None:
            self._left -= len(data)
        return len(data)
