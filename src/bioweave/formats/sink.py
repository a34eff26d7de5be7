"""Where documents are written to: a file or a stream, packed where its name ends in `.gz`."""

from __future__ import annotations

import gzip
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from bioweave.errors import FormatError, Place
from bioweave.formats.source import name_of


class Sink:
    """An opened output that takes whole documents and keeps what it has taken.

    Each write reaches the operating system before it returns, so that an interruption loses no
    document already written; gzip only promises that once it is closed. A stream that was handed
    in is flushed and left open. Raises FormatError if the file cannot be opened, and OSError, with
    the file's name, if it cannot be written (a full disk, say).
    """

    def __init__(self, target: Path | BinaryIO) -> None:
        self._stack = ExitStack()
        self.name = name_of(target)
        self.is_closed = False
        self._is_packed = isinstance(target, Path) and target.suffix == ".gz"
        try:
            file = target if not isinstance(target, Path) else self._opened(target)
        except OSError as error:
            reason = error.strerror or str(error)
            raise FormatError(f"cannot be written: {reason}", Place(self.name)) from error
        self.stream: BinaryIO = file
        if self._is_packed:
            # No time stamp: the same documents give the same bytes.
            packed = gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0)
            self.stream = self._stack.enter_context(packed)  # type: ignore[assignment]

    def _opened(self, path: Path) -> BinaryIO:
        return self._stack.enter_context(path.open("wb"))

    def write(self, text: str) -> None:
        """Appends the text as UTF-8; nothing of it if UnicodeEncodeError is raised."""
        data = text.encode("utf-8")
        try:
            self.stream.write(data)
            if not self._is_packed:
                self.stream.flush()
        except OSError as error:
            raise self._named(error) from error

    def close(self) -> None:
        """Closes the file; a stream that was handed in is only flushed. Closing again is fine."""
        if self.is_closed:
            return
        self.is_closed = True
        try:
            # Without an own file there is nothing on the stack, and the flush is all.
            with self._stack:
                self.stream.flush()
        except OSError as error:
            raise self._named(error) from error

    def _named(self, error: OSError) -> OSError:
        """The error with the file's name; a closed pipe is nobody's fault and stays as it is."""
        if isinstance(error, BrokenPipeError):
            return error
        return type(error)(error.errno, error.strerror, self.name)
