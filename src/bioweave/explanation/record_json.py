"""Explanations as JSON, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bioweave.errors import FormatError
from bioweave.explanation.record import Explanation


def to_json(explanations: Sequence[Explanation]) -> str:
    """A JSON array with an object for each, whose keys are the record's fields."""
    values: list[dict[str, Any]] = _adapter().dump_python(list(explanations), mode="json")
    return json.dumps(values, ensure_ascii=False, indent=2, allow_nan=False)


def from_json(text: str | bytes) -> list[Explanation]:
    """What `to_json` wrote. Raises FormatError where it is something else."""
    try:
        return _adapter().validate_json(text)
    except ValidationError as error:
        [first, *_] = error.errors()
        where = ".".join(map(str, first["loc"])) or "the file"
        raise FormatError(
            f"{where}: {first['msg']}; expected what `bioweave explain --to json` writes"
        ) from error


@cache
def _adapter() -> TypeAdapter[list[Explanation]]:
    return TypeAdapter(list[Explanation])
