"""Keys as `bioweave keys` shows them: never a secret but the one just made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from bioweave.service.storage import Key


def show_key(key: Key, text: str, is_json: bool, note: str) -> None:
    """A key that was just made: itself on standard output, and what there is to know beside it."""
    if is_json:
        typer.echo(json.dumps({**as_json(key), "key": text}))
        return
    ends = "until it is revoked" if key.expires is None else f"until {_moment(key.expires)} UTC"
    opens = ", ".join(key.scopes)
    typer.echo(f"{key.id} ({_plain(key.name)}) opens {opens}, {ends}; {note}:", err=True)
    typer.echo(text)


def show_table(keys: Sequence[Key]) -> None:
    """All of them, a line each; moments are in UTC."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table()
    table.add_column("id", no_wrap=True)
    for title in ("name", "scopes", "state", "created", "expires", "last used"):
        table.add_column(title)
    for key in keys:
        table.add_row(
            key.id,
            escape(_plain(key.name)),
            " ".join(key.scopes),
            _state(key),
            _moment(key.created),
            _moment(key.expires),
            _moment(key.last_used),
        )
    Console().print(table)


def as_json(key: Key) -> dict[str, Any]:
    """A key without its hashes."""
    return {
        "id": key.id,
        "name": key.name,
        "scopes": list(key.scopes),
        "state": _state(key),
        "created": key.created.isoformat(),
        "expires": _iso(key.expires),
        "revoked": _iso(key.revoked),
        "last_used": _iso(key.last_used),
        "earlier_secret_until": _iso(key.earlier_until),
    }


def _state(key: Key) -> str:
    now = datetime.now(UTC)
    if key.revoked is not None:
        return "revoked"
    if not key.is_usable(now):
        return "expired"
    if key.earlier_until is not None and now < key.earlier_until:
        return "rotating"
    return "active"


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment:%F %R}"


def _plain(text: str) -> str:
    """A name without what a terminal would take for an order."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
