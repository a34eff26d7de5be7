"""JSON objects read key by key, with errors that name the key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bioweave.document import Span
from bioweave.errors import FormatError, Place

_SURROGATE = re.compile("[\ud800-\udfff]")


class Fields:
    """One JSON object, read key by key with errors that name the key."""

    def __init__(self, data: object, name: str, place: Place | None) -> None:
        self.name = name
        self.place = place
        if not isinstance(data, Mapping):
            found = type(data).__name__
            raise FormatError(f"{name} is a {found}, expected a JSON object", place)
        self._data = data

    def wrong(self, key: str, expected: str) -> FormatError:
        """The error to raise where a key is missing or its value is not what is expected."""
        if key not in self._data:
            return FormatError(f"{self.name} has no key {key!r}, expected {expected}", self.place)
        found = repr(self._data[key])
        shown = found if len(found) <= 60 else f"{found[:57]}..."
        return FormatError(f"{self.name}: {key!r} is {shown}, expected {expected}", self.place)

    def text(self, key: str) -> str:
        """A string; FormatError if it is none, or holds what is no character."""
        value = self._data.get(key)
        if not isinstance(value, str):
            raise self.wrong(key, "a string")
        surrogate = _SURROGATE.search(value)
        if surrogate:
            raise FormatError(
                f"{self.name}: {key!r} holds half a surrogate pair at offset {surrogate.start()}, "
                f"which is no character; write it as UTF-8, or as both halves",
                self.place,
            )
        return value

    def optional_text(self, key: str) -> str | None:
        """A string, or None where the key is missing or null."""
        return None if self._data.get(key) is None else self.text(key)

    def integer(self, key: str) -> int:
        """An integer; FormatError if it is none."""
        value = self._data.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(key, "an integer")
        return value

    def optional_number(self, key: str) -> float | None:
        """A number, or None where the key is missing or null."""
        value = self._data.get(key)
        if value is not None and (not isinstance(value, int | float) or isinstance(value, bool)):
            raise self.wrong(key, "a number")
        return value

    def items(self, key: str) -> list[Fields]:
        """The objects of a list, which is empty where the key is missing or null."""
        values = self._data.get(key)
        if values is None:
            return []
        if not isinstance(values, list | tuple):
            raise self.wrong(key, "a list")
        name = key if self.name == "the document" else f"{self.name}.{key}"
        return [Fields(value, f"{name}[{place}]", self.place) for place, value in enumerate(values)]

    def item(self, key: str) -> Fields | None:
        """An object, or None where the key is missing or null."""
        value = self._data.get(key)
        return None if value is None else Fields(value, f"{self.name}.{key}", self.place)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings, which is empty where the key is missing or null."""
        values = self._data.get(key) or []
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.wrong(key, "a list of strings")
        return tuple(values)

    def spans(self, key: str) -> tuple[Span, ...]:
        """A list of [start, end], which is empty where the key is missing or null."""
        values = self._data.get(key) or ()
        try:
            spans = tuple(Span(start, end) for start, end in values)
        except (TypeError, ValueError) as error:
            raise self.wrong(key, "a list of [start, end]") from error
        if not all(type(start) is int and type(end) is int for start, end in spans):
            raise self.wrong(key, "a list of [start, end]")
        return spans

    def metadata(self, known: set[str]) -> dict[str, Any]:
        """What `metadata` holds, and every key that is not known."""
        given = self._data.get("metadata")
        if given is not None and not isinstance(given, Mapping):
            raise self.wrong("metadata", "a JSON object")
        others = {
            key: value
            for key, value in self._data.items()
            if key not in known and key != "metadata"
        }
        return {**others, **(given or {})}
