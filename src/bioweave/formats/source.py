"""Where documents are read from: a file or a stream, unpacked where it is gzip."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from bioweave.errors import FormatError, Place

_GZIP_MAGIC = b"\x1f\x8b"
_BUFFER_SIZE = 1 << 16


@dataclass(frozen=True, slots=True)
class Source:
    """An opened input: `stream` gives its unpacked bytes, `path` is None for a bare stream."""

    name: str
    path: Path | None
    stream: io.BufferedReader[Any]
    given_stem: str | None = None

    @property
    def stem(self) -> str:
        """What ids are made of: as given, or the file's name without `.gz` and its own suffix."""
        if self.given_stem is not None:
            return self.given_stem
        if self.path is None:
            return "document"
        return stem_of(self.path)

    def head(self) -> bytes:
        """The first bytes (up to 64 KiB), which stay unread; empty for an empty input."""
        return self.stream.peek(_BUFFER_SIZE)

    def check_not_empty(self) -> None:
        """Raises FormatError if there is not a single byte."""
        if not self.stream.peek(1):
            raise FormatError("the file is empty; expected at least one document", self.place())

    def place(
        self, *, line: int | None = None, document: str | None = None, offset: int | None = None
    ) -> Place:
        """A place in this source, for an error."""
        return Place(self.name, line, document, offset)


def stem_of(path: Path) -> str:
    """A file's name without `.gz` and its own suffix."""
    return (path.with_suffix("") if path.suffix.lower() == ".gz" else path).stem


def name_of(target: Path | BinaryIO) -> str:
    """What messages call a file or a stream."""
    return str(target) if isinstance(target, Path) else str(getattr(target, "name", "<stream>"))


@contextmanager
def open_source(target: Path | BinaryIO, stem: str | None = None) -> Iterator[Source]:
    """Opens a file, or takes a binary stream, which is left open; `stem` is what ids are made of.

    Raises FormatError if the file cannot be opened, and, while it is read, if its gzip data is
    damaged or ends too early.
    """
    path = target if isinstance(target, Path) else None
    name = name_of(target)
    with ExitStack() as stack:
        if isinstance(target, Path):
            read = stack.enter_context(_open(target)).read
        else:
            # From a pipe: what is there, without waiting for more.
            read = getattr(target, "read1", target.read)
        stream: io.BufferedReader[Any] = io.BufferedReader(_Guarded(read, name), _BUFFER_SIZE)
        if stream.peek(2)[:2] == _GZIP_MAGIC:
            unpacked = stack.enter_context(gzip.GzipFile(fileobj=stream))
            # Where the data end too early, what came before must not go with them.
            stream = io.BufferedReader(_Guarded(unpacked.read1, name), _BUFFER_SIZE)
        elif path is not None and path.suffix.lower() == ".gz" and stream.peek(1):
            raise FormatError(
                "the name ends in .gz, but these are no gzip data; rename or fetch it again",
                Place(name),
            )
        yield Source(name, path, stream, stem)


def _open(path: Path) -> BinaryIO:
    if path.is_dir():
        raise FormatError(
            "this is a folder; give its files one by one, as `discover` finds them",
            Place(str(path)),
        )
    try:
        return path.open("rb")
    except OSError as error:
        reason = error.strerror or str(error)
        raise FormatError(f"cannot be opened: {reason}", Place(str(path))) from error


class _Guarded(io.RawIOBase):
    """Reads from what it does not own, and turns damage into FormatError."""

    def __init__(self, read: Callable[[int], bytes], name: str) -> None:
        self._read = read
        self._name = name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._read(len(buffer))
        except EOFError as error:
            raise FormatError(
                "the gzip data ends too early: the file is truncated; fetch or copy it again",
                Place(self._name),
            ) from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise FormatError(
                f"the gzip data is damaged ({error}); fetch or copy the file again",
                Place(self._name),
            ) from error
        except OSError as error:
            raise FormatError(f"cannot be read: {error}", Place(self._name)) from error
        buffer[: len(data)] = data
        return len(data)
