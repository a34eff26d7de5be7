"""Arrays and bytes in one file, memory-mapped: what a compiled lexicon is written as.

    magic (16 bytes) | version, size of the header (uint32) | size of the file (uint64)
    CRC-32 of the header (uint32), zeros up to 64 bytes
    header: JSON with the sections' places, types and checksums, and `info`
    sections, each at a multiple of 64 bytes

All numbers are little-endian. The same contents give the same bytes.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from bioweave.errors import LexiconError

_MAGIC = b"bioweave lexicon"
FORMAT_VERSION: Final = 1
_HEAD = struct.Struct("<16sIIQI")
_ALIGNMENT = 64
_BYTES = "bytes"
_REMEDY = "copy it again, or build it anew with `bioweave lexicon build`"

Section = npt.NDArray[Any] | bytes


def write_sections(path: Path, info: Mapping[str, Any], sections: Mapping[str, Section]) -> None:
    """Write a file in one go: it is complete, or what was there before stays.

    `info` is anything that JSON holds. Arrays are one-dimensional.
    """
    table: dict[str, dict[str, Any]] = {}
    contents: list[memoryview] = []
    position = 0
    for name, section in sections.items():
        kind = _BYTES if isinstance(section, bytes) else _little_endian(section).dtype.str
        raw = section if isinstance(section, bytes) else _little_endian(section).tobytes()
        table[name] = {
            "type": kind,
            "offset": position,
            "size": len(raw),
            "crc32": zlib.crc32(raw),
        }
        contents.append(memoryview(raw))
        position = _aligned(position + len(raw))
    header = json.dumps(
        {"info": info, "sections": table}, sort_keys=True, ensure_ascii=False
    ).encode()
    start = _aligned(_ALIGNMENT + len(header))
    head = _HEAD.pack(_MAGIC, FORMAT_VERSION, len(header), start + position, zlib.crc32(header))
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            _write_padded(file, head.ljust(_ALIGNMENT, b"\0") + header)
            for content in contents:
                _write_padded(file, content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


class SectionFile:
    """A file that `write_sections` wrote, mapped into memory and read as it is asked for.

    Raises LexiconError where it is no such file, is truncated, or is of a later version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                head = file.read(_ALIGNMENT)
                self._check_head(head, size)
                _, _, header_size, _, header_sum = _HEAD.unpack_from(head)
                header = file.read(header_size)
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except OSError as error:
            reason = error.strerror or error
            raise LexiconError(f"{path}: the lexicon cannot be opened: {reason}") from error
        if zlib.crc32(header) != header_sum:
            raise LexiconError(f"{path}: the lexicon's header is damaged; {_REMEDY}")
        described = json.loads(header)
        self.info: Mapping[str, Any] = described["info"]
        self._sections: Mapping[str, Mapping[str, Any]] = described["sections"]
        self._start = _aligned(_ALIGNMENT + header_size)

    @property
    def size(self) -> int:
        """The file's bytes."""
        return len(self._map)

    @property
    def names(self) -> tuple[str, ...]:
        """The sections' names, sorted."""
        return tuple(sorted(self._sections))

    def section(self, name: str) -> Section:
        """A section as `write_sections` took it."""
        is_bytes = self._section(name)["type"] == _BYTES
        return bytes(self.raw(name)) if is_bytes else self.array(name)

    def array(self, name: str) -> npt.NDArray[Any]:
        """A section as an array that cannot be written to."""
        return np.frombuffer(self.raw(name), dtype=self._section(name)["type"])

    def raw(self, name: str) -> memoryview:
        """A section's bytes."""
        section = self._section(name)
        start = self._start + section["offset"]
        return memoryview(self._map)[start : start + section["size"]]

    def verify(self, *names: str) -> None:
        """Raise LexiconError if one of these sections, or of all if none is named, has changed."""
        for name in names or tuple(self._sections):
            if zlib.crc32(self.raw(name)) != self._section(name)["crc32"]:
                raise LexiconError(f"{self.path}: section {name!r} is damaged; {_REMEDY}")

    def _section(self, name: str) -> Mapping[str, Any]:
        try:
            return self._sections[name]
        except KeyError as error:
            raise LexiconError(f"{self.path}: section {name!r} is missing; {_REMEDY}") from error

    def _check_head(self, head: bytes, size: int) -> None:
        if not head.startswith(_MAGIC):
            raise LexiconError(
                f"{self.path}: not a compiled lexicon; make one with `bioweave lexicon build`"
            )
        if len(head) < _ALIGNMENT:
            raise LexiconError(
                f"{self.path}: the lexicon is truncated after {size} bytes; {_REMEDY}"
            )
        _, version, _, expected, _ = _HEAD.unpack_from(head)
        if version > FORMAT_VERSION:
            raise LexiconError(
                f"{self.path}: the lexicon has version {version}, and this bioweave reads up to "
                f"{FORMAT_VERSION}: upgrade bioweave, or build the lexicon anew"
            )
        if size != expected:
            raise LexiconError(
                f"{self.path}: the lexicon has {size} bytes and should have {expected}: it is "
                f"truncated or was appended to; {_REMEDY}"
            )


def _little_endian(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))


def _aligned(position: int) -> int:
    return -(-position // _ALIGNMENT) * _ALIGNMENT


def _write_padded(file: BinaryIO, content: bytes | memoryview) -> None:
    file.write(content)
    file.write(b"\0" * (_aligned(len(content)) - len(content)))
