"""The elements of an array inside a large JSON file, one at a time."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from bioweave.errors import FormatError
from bioweave.formats.source import Source

_SPACE = re.compile(r"[ \t\n\r]*")
_CHUNK = 1 << 18
_DECODER = json.JSONDecoder()


class JsonStream:
    """Reads JSON text piece by piece; what has been read is forgotten, but for the line count."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._text = ""
        self._position = 0
        self._n_bytes = 0
        self._lines_before = 1
        self._is_at_end = False

    @property
    def line(self) -> int:
        """The line of the next character."""
        return self._lines_before + self._text.count("\n", 0, self._position)

    def peek(self) -> str:
        """The next character that is no white space; the empty string at the end."""
        while True:
            match = _SPACE.match(self._text, self._position)
            assert match is not None
            self._position = match.end()
            if self._position < len(self._text):
                return self._text[self._position]
            if not self._fill():
                return ""

    def take(self, expected: str) -> None:
        """Passes over a character; FormatError if another one stands there."""
        found = self.peek()
        if found != expected:
            self._fail(f"expected {expected!r}, found {found!r}" if found else "it ends too early")
        self._position += 1

    def value(self) -> Any:
        """The next value, whole."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._position)
            except json.JSONDecodeError as error:
                if not self._fill():
                    self._fail(error.msg, error.pos)
            except (ValueError, RecursionError) as error:
                self._fail(str(error))
            else:
                # A number at the buffer's end may go on behind it.
                if end < len(self._text) or not self._fill():
                    self._position = end
                    return value

    def array(self) -> Iterator[Any]:
        """The elements of the array that begins here."""
        self.take("[")
        while self.peek() != "]":
            yield self.value()
            if self.peek() != ",":
                break
            self.take(",")
        self.take("]")

    def _fill(self) -> bool:
        """Appends as much again as there is; False at the end."""
        if self._is_at_end:
            return False
        self._lines_before = self.line
        self._text = self._text[self._position :]
        self._position = 0
        # Doubling keeps the work linear, though a value is begun anew each time.
        chunk = self._source.stream.read(max(_CHUNK, len(self._text)))
        self._is_at_end = not chunk
        try:
            self._text += self._decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            self._fail(f"not UTF-8 near byte offset {self._n_bytes + error.start}")
        self._n_bytes += len(chunk)
        return True

    def _fail(self, problem: str, position: int | None = None) -> None:
        line = self._lines_before + self._text.count("\n", 0, position or self._position)
        raise FormatError(f"not JSON: {problem}", self._source.place(line=line))
