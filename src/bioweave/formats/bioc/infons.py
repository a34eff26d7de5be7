"""BioC's infons, which are strings <-> metadata, which is any JSON value.

A string stands as it is. Anything else, a string that XML could not hold, and a value whose key
means something else here stand together, as a JSON object, in the infon `bioweave:metadata`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from bioweave.errors import FormatError

_OWN = "bioweave:"
_METADATA = f"{_OWN}metadata"
_PLAIN = re.compile("[^\0-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]*")


def own_infon(name: str, value: object) -> dict[str, str]:
    """An infon of this project's own, which holds any JSON value in ASCII."""
    try:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise FormatError(
            f"{name} cannot be written as JSON ({error}); metadata may hold only strings, finite "
            f"numbers, booleans, None, lists and dicts"
        ) from error
    return {_OWN + name: text}


def own_value(infons: Mapping[str, str | None], name: str) -> Any:
    """The value of such an infon; None where there is none, or it is not JSON."""
    try:
        return json.loads(infons.get(_OWN + name) or "null")
    except (ValueError, RecursionError):
        return None


def infons_of(metadata: Mapping[str, Any], reserved: frozenset[str]) -> dict[str, str]:
    """Metadata as infons; `reserved` are the keys that mean something else here."""
    infons: dict[str, str] = {}
    others: dict[str, Any] = {}
    for key, value in metadata.items():
        is_plain = isinstance(value, str) and _PLAIN.fullmatch(value) and _PLAIN.fullmatch(key)
        if is_plain and key not in reserved and not key.startswith(_OWN):
            infons[key] = value
        else:
            others[key] = value
    return infons | (own_infon("metadata", others) if others else {})


def metadata_of(infons: Mapping[str, str | None], reserved: frozenset[str]) -> dict[str, Any]:
    """Infons as metadata, the reserved ones and this project's own left out."""
    metadata = {
        key: value or ""
        for key, value in infons.items()
        if key not in reserved and not key.startswith(_OWN)
    }
    others = own_value(infons, "metadata")
    return metadata | others if isinstance(others, dict) else metadata
