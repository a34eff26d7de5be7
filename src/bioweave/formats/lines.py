"""Lines of a UTF-8 stream, each decoded on its own so that a bad one spoils no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bioweave.errors import FormatError

if TYPE_CHECKING:
    from bioweave.formats.source import Source

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that a raw parser could make nothing of, and why."""

    line: int
    content: str
    reason: str


class Lines:
    """The lines of a source, their ends kept; only a line feed ends a line.

    A line that is not UTF-8, or that holds a NUL byte, comes with the bad bytes replaced, and
    `take_failure` then hands out what was wrong: line by line readers ask after each line,
    the others after each document.
    """

    def __init__(self, source: Source) -> None:
        self.number = 0
        self._source = source
        self._byte_offset = 0
        self._failure: FormatError | None = None

    def __iter__(self) -> Iterator[str]:
        for raw in self._source.stream:
            self.number += 1
            line = raw.removeprefix(_BOM) if self.number == 1 else raw
            try:
                yield decode(line, self._source, self.number, self._byte_offset)
            except FormatError as error:
                self._failure = self._failure or error
                yield line.decode("utf-8", errors="replace").replace("\0", "\ufffd")
            self._byte_offset += len(raw)

    def take_failure(self) -> FormatError | None:
        """The first bad line since the last call, if there was one."""
        failure, self._failure = self._failure, None
        return failure


def decode(raw: bytes, source: Source, first_line: int = 1, byte_offset: int = 0) -> str:
    """The text of UTF-8 bytes; FormatError with line and byte offset if they are not, or hold NUL.

    `first_line` and `byte_offset` say where in the source the bytes begin.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = first_line + raw.count(b"\n", 0, error.start)
        found = raw[error.start : error.start + 1].hex()
        raise FormatError(
            f"byte 0x{found} at byte offset {byte_offset + error.start} is not UTF-8; "
            f"convert the file first, for instance with: iconv -f WINDOWS-1252 -t UTF-8",
            source.place(line=line),
        ) from error
    position = text.find("\0")
    if position >= 0:
        bytes_before = len(text[:position].encode("utf-8"))
        raise FormatError(
            f"a NUL byte at byte offset {byte_offset + bytes_before}: the file is binary, or in "
            f"UTF-16; convert it to UTF-8 text first",
            source.place(line=first_line + text.count("\n", 0, position)),
        )
    return text
