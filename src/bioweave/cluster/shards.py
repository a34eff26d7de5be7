"""Shards: what one worker reads, annotates and writes at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bioweave.cluster.archives import archive_kind, cut_zip
from bioweave.cluster.inputs import Input
from bioweave.cluster.storage import is_url, open_at
from bioweave.errors import InputError, Place

# An abstract with its title, as a line of JSONL.
BYTES_PER_DOCUMENT = 1_600
# Files below this share of a shard's size, and below these bytes, which packed are some 50
# abstracts, are put into one shard with their neighbours.
_SHARE_OF_SMALL = 0.02
_BYTES_OF_SMALL = 32_000
_FILES_IN_SHARD = 1_000
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Part:
    """A file or a stretch of one: whole lines of JSONL, row groups of Parquet, a zip's documents.

    `start` and `end` are bytes; `end` is None for a whole file. `n_before` lines stand before a
    stretch of JSONL. `stem` is what ids begin with that the file does not bring; of an archive,
    `format` is that of its members.
    """

    path: str
    format: str
    stem: str
    n_bytes: int
    start: int = 0
    end: int | None = None
    n_before: int = 0
    row_groups: tuple[int, int] | None = None
    members: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Shard:
    """Some parts, and the number that everything of the shard is found by."""

    number: int
    parts: tuple[Part, ...]

    @property
    def n_bytes(self) -> int:
        """How much there is to read."""
        return sum(part.n_bytes for part in self.parts)

    def as_json(self) -> dict[str, Any]:
        """As the manifest has it."""
        return {"number": self.number, "parts": [asdict(part) for part in self.parts]}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Shard:
        """The shard that `as_json` told of."""
        parts = []
        for part in values["parts"]:
            for key in ("row_groups", "members"):  # lists, in JSON
                part = {**part, key: tuple(part[key]) if part.get(key) else None}
            parts.append(Part(**part))
        return cls(values["number"], tuple(parts))


def cut_shards(inputs: Iterable[Input], n_documents: int) -> list[Shard]:
    """The inputs, in order, in shards of about so many documents where they can be cut.

    Plain JSONL is cut at line ends, Parquet between row groups, a zip between its documents; any
    other file stays whole, and small ones stand together.
    """
    size = n_documents * BYTES_PER_DOCUMENT
    shards: list[Shard] = []
    small: list[Part] = []

    def close_small() -> None:
        if small:
            shards.append(Shard(len(shards), tuple(small)))
            small.clear()

    for one in inputs:
        if one.file.n_bytes < min(_SHARE_OF_SMALL * size, _BYTES_OF_SMALL):
            if len(small) >= _FILES_IN_SHARD or sum(part.n_bytes for part in small) > size / 4:
                close_small()
            small.append(_whole(one))
            continue
        close_small()
        for part in _parts(one, size, n_documents):
            shards.append(Shard(len(shards), (part,)))
    close_small()
    return shards


def _whole(one: Input) -> Part:
    return Part(one.file.path, one.format, one.stem, one.file.n_bytes)


def _parts(one: Input, size: int, n_documents: int) -> list[Part]:
    try:
        return list(_cut(one, size, n_documents)) or [_whole(one)]
    except (InputError, OSError):
        return [_whole(one)]  # what is wrong with it is told when the shard is read


def _cut(one: Input, size: int, n_documents: int) -> Iterator[Part]:
    """Its stretches; none for what stays whole."""
    path = one.file.path
    kind = archive_kind(path)
    if kind == "zip" and not is_url(path):
        for members, stretch in cut_zip(Path(path), size):
            yield replace(_stretch(one, stretch), members=(members.start, members.stop))
    elif kind is None and one.format == "jsonl" and one.file.n_bytes > size:
        if not _is_packed(path):
            yield from _stretches(one, size)
    elif kind is None and one.format == "parquet" and not is_url(path):
        from bioweave.formats.parquet import cut_row_groups

        for groups, stretch in cut_row_groups(Path(path), n_documents):
            yield replace(_stretch(one, stretch), row_groups=(groups.start, groups.stop))


def _stretch(one: Input, stretch: range) -> Part:
    n_bytes = len(stretch)
    return Part(one.file.path, one.format, one.stem, n_bytes, stretch.start, stretch.stop)


def _is_packed(path: str) -> bool:
    with open_at(path, 0) as file:
        return file.read(2) == _GZIP


def _stretches(one: Input, size: int) -> Iterator[Part]:
    """Parts of a JSONL file, each up to the first line end beyond `size` bytes."""
    path = one.file.path
    with open_at(path, 0) as file:
        start = n_lines = 0
        while start < one.file.n_bytes:
            file.seek(start)
            n_ends, left = 0, size
            while left > 0 and (block := file.read(min(left, 1 << 20))):
                n_ends += block.count(b"\n")
                left -= len(block)
            if left <= 0 and not block.endswith(b"\n"):
                n_ends += file.readline().endswith(b"\n")
            end = file.tell()
            if end == start:
                raise InputError("has become shorter since it was listed", Place(path))
            yield Part(path, one.format, one.stem, end - start, start, end, n_lines)
            start, n_lines = end, n_lines + n_ends
