"""`bioweave serve`: annotation over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bioweave.cli.extras import needs_extra


def serve(
    models: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            metavar="BUNDLE",
            help="A bundle to serve (again for more; the first answers by itself).",
            show_default="default",
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="Listen on this address.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Listen on this port; 0 takes a free one.")
    ] = 8000,
    lexicon: Annotated[
        str | None,
        typer.Option(
            "--lexicon",
            metavar="FILE|mesh",
            help="A compiled lexicon, for known names and for links.",
            show_default=False,
        ),
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option("--rules", metavar="FILE", help="Rules of your own.", show_default=False),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1, help="Batches side by side.", show_default="as many as there are processors"
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host",
            metavar="NAME",
            help="Another name that requests may be sent to (again for more), behind a proxy.",
            show_default=False,
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where jobs are kept, readable for the service alone.",
            show_default="service in BIOWEAVE_HOME",
        ),
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="SQLAlchemy's URL of a database, postgresql+psycopg://... for example.",
            show_default="SQLite in FOLDER",
        ),
    ] = None,
    max_body: Annotated[
        float, typer.Option("--max-body", metavar="MB", min=0.001, help="The longest body.")
    ] = 32,
    max_waiting: Annotated[
        int,
        typer.Option(
            "--max-waiting",
            metavar="CHARACTERS",
            min=1,
            help="The most text that may wait; what comes beyond it is answered 429.",
        ),
    ] = 4_000_000,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", min=0.1, help="The longest request.")
    ] = 120,
) -> None:
    """Annotate over HTTP: POST /v1/annotate; the page is at /, the description at /openapi.json.

    It ends at Ctrl-C or SIGTERM, once the requests under way are answered.
    """
    with needs_extra("serve", "the service"):
        from bioweave.service import ServiceSettings
        from bioweave.service.running import run
        from bioweave.service.settings import Limits

    limits = Limits(
        body_bytes=int(max_body * 2**20), waiting_characters=max_waiting, seconds=timeout
    )
    settings = ServiceSettings(
        models=tuple(models or ("default",)),
        lexicon=lexicon,
        rules=rules,
        threads=threads,
        limits=limits,
        hosts=("localhost", "127.0.0.1", "[::1]", *(allow_host or ())),
        data=data,
        database=database,
    )
    run(settings, host=host, port=port, say=typer.echo)
