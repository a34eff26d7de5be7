"""`bioweave distil`: a small student from large teachers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bioweave.cli.extras import needs_extra


def distil(
    recipe: Annotated[
        Path, typer.Argument(metavar="RECIPE.toml", help="The student, and what it learns from.")
    ],
    run: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="RUN", help="The student's folder.", show_default=False
        ),
    ],
    teachers: Annotated[
        list[Path] | None,
        typer.Option(
            "--teacher",
            metavar="MODEL",
            help="A run or a bundle; repeatable: a label's teachers are averaged.",
        ),
    ] = None,
    text: Annotated[
        Path | None,
        typer.Option(
            "--text", metavar="FILE", help="Unlabelled text, one passage a line; may be compressed."
        ),
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Another value for one of the recipe's keys; repeatable.",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where RUN was interrupted.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what run.json holds when all is done.")
    ] = False,
) -> None:
    """Train a student by a recipe, from gold tags and from its teachers' probabilities.

    The teachers label the recipe's corpora and the richest passages of the text, once: labels
    stay in RUN/labels (or where distillation.labels says) and are found there again. Teachers
    and text can stand in the recipe's [distillation] table as well.
    """
    with needs_extra("train", "distillation"):
        from bioweave.training import load_recipe
        from bioweave.training import train as train_run

    settings = list(overrides or [])
    if teachers:
        settings.append(f"distillation.teachers={json.dumps([str(one) for one in teachers])}")
    if text is not None:
        settings.append(f"distillation.text={json.dumps(str(text))}")
    if load_recipe(recipe, settings).distillation is None:
        raise typer.BadParameter(
            "nobody teaches: give --teacher MODEL, or a [distillation] table in the recipe"
        )
    from rich.console import Console

    from bioweave.cli.stage_progress import StageProgress

    with StageProgress(Console(file=sys.stderr)) as progress:
        record = train_run(recipe, run, overrides=settings, resume=resume, watcher=progress)
    if as_json:
        typer.echo(json.dumps(record, ensure_ascii=False))
    elif record["dev"] is None:
        typer.echo(f"{run}: trained; no corpus of the recipe is measured on")
    else:
        typer.echo(f"{run}: strict F1 on dev {record['dev']['strict_f1']:.4f}")
