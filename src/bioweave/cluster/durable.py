"""Files that outlive a power cut: on the disk before anything relies on them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def write_durably(path: Path, content: bytes) -> None:
    """Put a file where another may stand, in one step, and see it onto the disk."""
    fresh = path.with_name(f".{path.name}.fresh")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync(path.parent)


def write_json_durably(path: Path, value: Any) -> None:
    """The same for JSON, in one line."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    write_durably(path, f"{text}\n".encode())


def sync(path: Path) -> None:
    """What was written to a file, or into a folder, is on the disk, not on its way there."""
    if os.name == "nt":  # where folders cannot be opened
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
