"""`bioweave train`: one recipe, one run."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bioweave.cli.extras import needs_extra


def train(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE.toml", help="What to train, and how.")],
    run: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="RUN", help="The run's folder.", show_default=False),
    ],
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Another value for one of the recipe's keys; repeatable.",
        ),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="MODEL",
            help="Go on from a trained model instead of a bare encoder: a run, a bundle or "
            "'default'. The same as start_from in the recipe.",
            show_default=False,
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from RUN's last checkpoint.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what run.json holds when all is done.")
    ] = False,
) -> None:
    """Train a model by a recipe: a tagger of mentions, or with `task = "relations"` of relations.

    RUN receives the resolved recipe, checksums of the data, checkpoints, figures per epoch and
    plots. `bioweave export RUN -o BUNDLE` makes a bundle of it.

    On several GPUs: `torchrun --nproc-per-node 8 -m bioweave train ...`, or `accelerate launch`.
    """
    with needs_extra("train", "training"):
        from bioweave.experiments.card import model_card
        from bioweave.training import train as train_run
        from bioweave.training.processes import is_main_process

    from rich.console import Console

    from bioweave.cli.stage_progress import StageProgress

    settings = list(overrides or [])
    if start is not None:
        settings.append(f"start_from={json.dumps(str(start))}")
    if not is_main_process():
        train_run(recipe, run, overrides=settings, resume=resume, card=model_card)
        return
    with StageProgress(Console(file=sys.stderr)) as progress:
        record = train_run(
            recipe, run, overrides=settings, resume=resume, watcher=progress, card=model_card
        )
    if as_json:
        typer.echo(json.dumps(record, ensure_ascii=False))
    elif record["dev"] is None:
        typer.echo(f"{run}: trained; no corpus of the recipe is measured on")
    elif record.get("task") == "relations":
        typer.echo(f"{run}: F1 of relations on dev {record['dev']['relation_f1']:.4f}")
    else:
        typer.echo(f"{run}: strict F1 on dev {record['dev']['strict_f1']:.4f}")
