"""`bioweave keys`: who may use a service that can be reached from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bioweave.cli import keys_tables
from bioweave.cli.durations import read_duration
from bioweave.cli.extras import needs_extra
from bioweave.cli.service_options import Data, Database, database_url
from bioweave.errors import ConfigurationError

if TYPE_CHECKING:
    from bioweave.service.storage import KeyStore

app = typer.Typer(
    no_args_is_help=True, help="Keys of the HTTP service: create, list, revoke, rotate."
)


class ScopeName(StrEnum):
    """bioweave.service.keys.Scope by its names; importing it would make --help slow."""

    ANNOTATE = "annotate"
    JOBS = "jobs"
    FEEDBACK = "feedback"
    READ = "read"
    ADMIN = "admin"


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")]
KeyId = Annotated[str, typer.Argument(metavar="ID", help="As `keys list` shows it.")]


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Who gets it, or what for: to tell keys apart.")],
    scopes: Annotated[
        list[ScopeName],
        typer.Option(
            "--scope",
            help="What it opens (again for more): annotate, and convert and explain; jobs of its "
            "own; feedback; read models, metrics and the monitor; admin. The page wants annotate "
            "and read.",
            show_default=False,
        ),
    ],
    expires: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="It ends after so long: 90d for example.", show_default="never"
        ),
    ] = None,
    data: Data = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Make a key, and show it this once: a hash of it is all that is kept.

    A running service knows it at once. Without --json the key alone goes to standard output, so
    that `> FILE` catches it.
    """
    kept = None if expires is None else read_duration(expires, "--expires")
    if kept is not None and kept <= timedelta():
        raise ConfigurationError("--expires 0: a key that never opens; leave the option out")
    if not 1 <= len(name.strip()) <= 100:
        raise ConfigurationError("NAME: expected 1 to 100 characters")
    with _store(data, database) as store:
        from bioweave.service.keys import new_key, read_key
        from bioweave.service.keys.form import new_key_id

        text = new_key(new_key_id())
        secret = read_key(text)
        wanted = [scope.value for scope in dict.fromkeys(scopes)]
        key = store.add(secret.key_id, name.strip(), wanted, secret.hash, kept=kept)
    keys_tables.show_key(key, text, as_json, "it is not shown again")


@app.command("list")
def list_keys(data: Data = None, database: Database = None, as_json: AsJson = False) -> None:
    """All keys, with what they open and when they were last used (to about an hour)."""
    with _store(data, database) as store:
        keys = store.all()
    if as_json:
        typer.echo(json.dumps([keys_tables.as_json(key) for key in keys], indent=2))
        return
    keys_tables.show_table(keys)


@app.command("revoke")
def revoke(
    key_id: KeyId, data: Data = None, database: Database = None, as_json: AsJson = False
) -> None:
    """Let a key open nothing any more; running services heed it within seconds."""
    with _store(data, database) as store:
        key = store.revoke(key_id)
    if key is None:
        raise _unknown(key_id)
    if as_json:
        typer.echo(json.dumps(keys_tables.as_json(key)))
    else:
        typer.echo(f"revoked: {key.id} ({key.name})")


@app.command("rotate")
def rotate(
    key_id: KeyId,
    grace: Annotated[
        str, typer.Option(metavar="TIME", help="So long the present secret opens still; 0 not.")
    ] = "24h",
    data: Data = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Give a key a new secret, shown this once; its id, its scopes and its jobs stay.

    At most two secrets open at a time: one that is in its grace already ends now.
    """
    for_so_long = read_duration(grace, "--grace")
    with _store(data, database) as store:
        from bioweave.service.keys import new_key, read_key

        found = store.find(key_id)
        if found is None:
            raise _unknown(key_id)
        text = new_key(found.id)
        key = store.rotate(found.id, read_key(text).hash, grace=for_so_long)
    if key is None:
        raise ConfigurationError(
            f"{key_id} is revoked or expired, which is for good; make another key"
        )
    until = (
        ""
        if key.earlier_until is None
        else f"; the one before opens until {key.earlier_until:%F %R} UTC"
    )
    keys_tables.show_key(key, text, as_json, f"it is not shown again{until}")


@contextmanager
def _store(data: Path | None, database: str | None) -> Iterator[KeyStore]:
    with needs_extra("serve", "the service"):
        from bioweave.service import ServiceSettings
        from bioweave.service.storage import Database as ServiceDatabase
        from bioweave.service.storage import KeyStore

    settings = ServiceSettings(data=data, database=database_url(database))
    if settings.database is None:
        settings.data_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    opened = ServiceDatabase(settings.database_url)
    try:
        yield KeyStore(opened)
    finally:
        opened.close()


def _unknown(key_id: str) -> ConfigurationError:
    return ConfigurationError(f"there is no key {key_id}; bioweave keys list shows them")
