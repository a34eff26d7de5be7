"""`bioweave errors`: what a model gets wrong, by kind."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from bioweave.cli.extras import needs_extra


def errors(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="A bundle's folder, 'default', or the folder of a run."
        ),
    ],
    corpus: Annotated[
        str,
        typer.Option(
            "--corpus",
            metavar="NAME",
            help="Which corpus; `corpus list` names them.",
            show_default=False,
        ),
    ],
    split: Annotated[
        str,
        typer.Option(
            "--split",
            metavar="SPLIT",
            help="train, dev or test; where a corpus has no dev, what training parts from train.",
        ),
    ] = "dev",
    mode: Annotated[
        Literal["precision", "balanced", "recall"],
        typer.Option("--mode", help="Fewer and surer mentions, or more of them."),
    ] = "balanced",
    examples: Annotated[
        int, typer.Option("--examples", min=0, metavar="N", help="How many to show of each kind.")
    ] = 5,
    long_words: Annotated[
        int,
        typer.Option("--long", min=1, metavar="N", help="A mention is long from N words on."),
    ] = 5,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", metavar="FILE", help="Also write a page to look at.", show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Sort every miss and false alarm of a model by kind, with counts and examples.

    A miss and a false alarm that overlap are one mistake. Each mistake has one kind, the first
    that fits of doubtful, nested, composite, label, boundary, abbreviation, long, unseen, seen;
    the others that fit are its tags. F1 gain is by how much strict F1 would rise without the kind.
    """
    from rich.console import Console

    from bioweave import experiments
    from bioweave.cli.evaluation_progress import progress_on

    with needs_extra("train", "looking into a run"):
        opened = experiments.open_model(model, mode=mode)
    with progress_on(Console(file=sys.stderr)) as progress_of:
        report = experiments.analyse_errors(
            opened,
            corpus,
            split,
            name=model,
            long_words=long_words,
            examples=examples,
            progress=progress_of(corpus),
        )
    if html is not None:
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(experiments.errors_page(report), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False))
        return
    from bioweave.cli.errors_tables import tables_of

    console = Console(highlight=False)
    for part in tables_of(report):
        console.print(part)
