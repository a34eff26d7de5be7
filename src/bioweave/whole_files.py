"""Files that are there whole or not at all, at whatever moment a process is killed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def write_whole(path: Path, content: bytes) -> None:
    """Put a file where another may stand, in one step."""
    # Always the same name: what a kill leaves of it is written over the next time.
    fresh = path.with_name(f".{path.name}.partial")
    fresh.write_bytes(content)
    fresh.replace(path)


def write_json(path: Path, value: Any) -> None:
    """The same for JSON, in one line."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    write_whole(path, f"{text}\n".encode())


def read_json(path: Path) -> Any:
    """What `write_json` wrote, or None where there is no file, or not a whole one."""
    try:
        return json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None
