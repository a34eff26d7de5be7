"""One file of a terminology while it is read: its bytes or lines, and what is wrong with it."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from bioweave.errors import ConfigurationError, FormatError, Place

_GZIP_MAGIC = b"\x1f\x8b"
_BYTE_ORDER_MARK = "\ufeff"
_LONGEST_LINE = 1 << 26  # bytes; a file without line ends must not fill the memory
_EXAMPLES_OF_A_KIND = 3
_EXAMPLE_LENGTH = 60


class SourceFile:
    """Opens a file, gzip or not, as often as asked; counts warnings by kind.

    `version` is what a reader found the file to say of itself. Every error is a FormatError that
    names the file, and the line where there is one.
    """

    def __init__(self, path: Path, encoding: str = "utf-8") -> None:
        self.path = path
        self.version: str | None = None
        self.warnings: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = {}
        self._encoding = encoding
        try:
            codecs.lookup(encoding)
        except LookupError as error:
            raise ConfigurationError(
                f"{path}: unknown encoding {encoding!r}; for instance utf-8 or latin-1"
            ) from error

    @property
    def plain_name(self) -> str:
        """The file's name without folders and without `.gz`."""
        return self.path.name.removesuffix(".gz")

    def warn(self, kind: str, line: int | None = None, detail: str = "") -> None:
        """Count a warning; the first few of a kind keep their place."""
        self.warnings[kind] += 1
        examples = self.examples.setdefault(kind, [])
        if len(examples) < _EXAMPLES_OF_A_KIND:
            shown = detail if len(detail) <= _EXAMPLE_LENGTH else f"{detail[:_EXAMPLE_LENGTH]}..."
            place = f"line {line}" if line is not None else ""
            examples.append(": ".join(part for part in (place, shown) if part))

    def error(self, message: str, line: int | None = None) -> FormatError:
        """An error in this file, to be raised."""
        return FormatError(message, Place(str(self.path), line))

    def sha256(self) -> str:
        """The checksum of the file as it lies there, packed or not."""
        with self._opened() as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @contextmanager
    def stream(self) -> Iterator[BinaryIO]:
        """The unpacked bytes."""
        with self._opened() as file:
            is_gzip = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
            file.seek(0)
            if not is_gzip:
                yield file
                return
            with gzip.GzipFile(fileobj=file) as unpacked:
                try:
                    yield io.BufferedReader(unpacked, 1 << 16)
                except EOFError as error:
                    raise self.error(
                        "the gzip data ends too early: the file is truncated; fetch it again"
                    ) from error
                except (gzip.BadGzipFile, zlib.error) as error:
                    raise self.error(
                        f"the gzip data is damaged ({error}); fetch the file again"
                    ) from error

    def lines(self) -> Iterator[tuple[int, str]]:
        """Line numbers from 1, and lines without their ends."""
        number = 0
        with self.stream() as stream:
            while raw := stream.readline(_LONGEST_LINE):
                number += 1
                yield number, self._decoded(raw, number)
        if not number:
            raise self.error("the file is empty; expected a terminology")

    def _decoded(self, raw: bytes, number: int) -> str:
        if len(raw) == _LONGEST_LINE:
            raise self.error(f"a line of more than {_LONGEST_LINE >> 20} MiB: no table", number)
        try:
            line = raw.decode(self._encoding)
        except UnicodeDecodeError as error:
            raise self.error(
                f"byte 0x{raw[error.start]:02x} is not {self._encoding}; say the file's encoding "
                'in the build file (encoding = "latin-1"), or convert it first',
                number,
            ) from error
        if "\0" in line:
            raise self.error("a NUL byte: the file is binary, or in UTF-16; convert it", number)
        if number == 1:
            line = line.removeprefix(_BYTE_ORDER_MARK)
        return line.rstrip("\r\n")

    @contextmanager
    def _opened(self) -> Iterator[io.BufferedReader]:
        try:
            file = self.path.open("rb")
        except OSError as error:
            raise self.error(f"cannot be opened: {error.strerror or error}") from error
        with file:
            yield file
