"""What the OpenAPI description says of keys and of clients' limits."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

_RETRY_AFTER = {
    "Retry-After": {
        "description": "In how many seconds to try again.",
        "schema": {"type": "integer", "minimum": 1},
    }
}
_CHALLENGE = {
    "WWW-Authenticate": {
        "description": "The kind of key that is wanted, and what was wrong with the one sent.",
        "schema": {"type": "string"},
    }
}


def describe_admission(operation: dict[str, Any], *, needs_keys: bool) -> None:
    """Say of a route that `needs` a scope what becomes of those who may not, or not so often.

    Where nobody needs a key nothing is said of keys.
    """
    responses = operation["responses"]
    _add(responses, HTTPStatus.TOO_MANY_REQUESTS, _RETRY_AFTER)
    if not needs_keys:
        del operation["security"]
        return
    _add(responses, HTTPStatus.UNAUTHORIZED, _CHALLENGE)
    _add(responses, HTTPStatus.FORBIDDEN, _CHALLENGE)
    # Whose key it is has to be asked of the database.
    _add(responses, HTTPStatus.SERVICE_UNAVAILABLE, _RETRY_AFTER)


def _add(responses: dict[str, Any], status: HTTPStatus, headers: dict[str, Any]) -> None:
    response = responses.setdefault(str(int(status)), {"description": status.phrase, "content": {}})
    response.setdefault("headers", {}).update(headers)
