"""Values as TOML writes them in one line: what stands behind the `=` of `--set key=value`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def inline(value: Any) -> str:
    """A value of JSON's types, but for null, which TOML lacks.

    >>> inline({"name": "sample", "train_on": ["train"], "evaluate": True})
    '{"name" = "sample", "train_on" = ["train"], "evaluate" = true}'
    """
    if isinstance(value, Mapping):
        members = (f"{_text(str(key))} = {inline(item)}" for key, item in value.items())
        return "{" + ", ".join(members) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(inline, value)) + "]"
    raise TypeError(f"TOML has no {type(value).__name__}")


def _text(text: str) -> str:
    # A basic string of TOML escapes as JSON does, and DEL as well.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
