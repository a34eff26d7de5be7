"""Rows of a long piece of work in a file, a line of JSON each: what is done is done.

The first line says what the rows are of. A line that a kill cut short is taken off, and only that
one is lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bioweave.errors import ConfigurationError
from bioweave.whole_files import write_whole


class KeptRows:
    """Rows by key, in a file or, without a `path`, for as long as the process lives.

    `settings` are what the rows depend on. Raises ConfigurationError where the file holds rows of
    other settings, or is no file of rows.
    """

    def __init__(self, path: Path | None, settings: Mapping[str, Any]) -> None:
        self._path = path
        self._rows: dict[str, Any] = {}
        if path is None:
            return
        head = _line({"settings": dict(settings)})
        if path.exists():
            content = path.read_bytes()
            whole = content[: content.rfind(b"\n") + 1]
            lines = whole.splitlines()
            if lines:
                _check(path, lines[0], head)
            for line in lines[1:]:
                row = json.loads(line)
                self._rows[row["key"]] = row["row"]
            if lines and whole == content:
                return
            if lines:
                write_whole(path, whole)
                return
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, head)

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def __getitem__(self, key: str) -> Any:
        return self._rows[key]

    def add(self, key: str, row: Any) -> None:
        """Keep a row; it is in the file when this returns."""
        line = _line({"key": key, "row": row})
        # As it will be read: floats come back exactly, tuples as lists.
        self._rows[key] = json.loads(line)["row"]
        if self._path is not None:
            with self._path.open("ab") as file:
                file.write(line)


def _line(value: Any) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, allow_nan=False)}\n".encode()


def _check(path: Path, found: bytes, wanted: bytes) -> None:
    try:
        before = json.loads(found)["settings"]
    except (ValueError, KeyError, TypeError):
        raise ConfigurationError(
            f"{path} is something else than rows of an earlier call: choose another folder"
        ) from None
    now = json.loads(wanted)["settings"]
    for name in {**now, **before}:
        if before.get(name) != now.get(name):
            raise ConfigurationError(
                f"{path} holds what was done with another {name} ({before.get(name)}, now "
                f"{now.get(name)}): choose another folder, or remove it"
            )
