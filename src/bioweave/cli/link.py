"""`bioweave link`: the concepts of mentions that are there already, or of names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bioweave.cli.status import BAD_INPUT, DONE_IN_PART

_SHOWN = 5  # answers to a name


def link(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH...]",
            help="Documents with mentions: files, folders, or - for standard input.",
            show_default="-",
        ),
    ] = None,
    names: Annotated[
        list[str] | None,
        typer.Option(
            "--name",
            metavar="TEXT",
            help="Link this name instead of documents, and show what else it may be. Repeatable.",
            show_default=False,
        ),
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(metavar="LABEL", help="Of the names.", show_default="every label"),
    ] = None,
    model: Annotated[
        str, typer.Option(metavar="BUNDLE", help="A bundle's folder, or 'default'.")
    ] = "default",
    lexicon: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Link to this compiled lexicon as well, or to 'mesh'. Default: what the bundle "
            "learned alone.",
            show_default=False,
        ),
    ] = None,
    from_: Annotated[
        str, typer.Option("--from", metavar="FORMAT", help="How to read PATH.")
    ] = "auto",
    to: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help="How to write. Default: by OUT's suffix; else jsonl, or terminal on a terminal.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="One file if it has a format's suffix, otherwise a folder of shards.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print answers, or report the run, as JSON.")
    ] = False,
) -> None:
    """Say which concepts mentions stand for.

    Mentions stay as they are, whoever found them, and get concepts with their probability; those
    for which nothing fits get none. `annotate --link` finds mentions and links them in one go.
    """
    from bioweave.annotator.links import open_linker
    from bioweave.bundle import find_bundle
    from bioweave.cli.linking import answers_table, answers_to, link_documents
    from bioweave.cli.named_lexicon import named_lexicon

    linker = open_linker(find_bundle(model), named_lexicon(lexicon))
    if names:
        if paths or out or to:
            raise typer.BadParameter("--name is for names alone: leave out PATH, -o and --to")
        answers = answers_to(linker, names, label, n=_SHOWN)
        if as_json:
            typer.echo(json.dumps(answers, ensure_ascii=False, indent=2))
        else:
            _print(answers_table(answers))
        return
    if label is not None:
        raise typer.BadParameter("--label goes with --name: a document's mentions have their own")
    report = link_documents(linker, paths or ["-"], from_, to, out)
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False), err=out is None)
    if report.is_interrupted:
        raise KeyboardInterrupt
    if report.failures:
        raise typer.Exit(DONE_IN_PART if report.n_documents else BAD_INPUT)


def _print(table: Any) -> None:
    from rich.console import Console

    Console(highlight=False).print(table)
