"""Options of commands that share a service's data: `serve` and `keys`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bioweave.errors import ConfigurationError

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="FOLDER",
        envvar="BIOWEAVE_DATA",
        help="Where jobs are kept, readable for the service alone.",
        show_default="service in BIOWEAVE_HOME",
    ),
]
Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL|@FILE",
        envvar="BIOWEAVE_DATABASE",
        help="SQLAlchemy's URL of a database, postgresql+psycopg://... for example, or @ and a "
        "file with it: a password does not belong into a command.",
        show_default="SQLite in FOLDER",
    ),
]


def database_url(given: str | None) -> str | None:
    """The URL, out of its file where one was named. Raises ConfigurationError for an empty one."""
    if given is None or not given.startswith("@"):
        return given
    path = Path(given.removeprefix("@"))
    url = path.read_text(encoding="utf-8").strip()
    if not url:
        raise ConfigurationError(f"{path}: expected the URL of a database, found nothing")
    return url
