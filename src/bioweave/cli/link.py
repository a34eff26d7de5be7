"""`bioweave link`: the concepts of mentions that are there already, or of names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bioweave.cli import options

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
    model: options.Bundle = "default",
    lexicon: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Link to this compiled lexicon as well, or to 'mesh'. Default: what the bundle "
            "learned alone.",
            show_default=False,
        ),
    ] = None,
    from_: options.From = "auto",
    to: options.To = None,
    out: options.DocumentsOut = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print answers, or report the run, as JSON.")
    ] = False,
) -> None:
    """Say which concepts mentions stand for.

    Mentions stay as they are, whoever found them, and get concepts with their probability in the
    place of those they had; those for which nothing fits get none. Of labels that the bundle does
    not link, mentions keep the concepts that they came with, and a warning counts them. `annotate
    --link` finds mentions and links them in one go.
    """
    from bioweave.annotator.links import open_linker
    from bioweave.bundle import find_bundle
    from bioweave.cli.document_run import finish
    from bioweave.cli.linkable import Linkable
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
    Linkable.of_linker(linker).add_to(report)
    finish(report, out, as_json=as_json)


def _print(table: Any) -> None:
    from rich.console import Console

    Console(highlight=False).print(table)
