"""`bioweave ablate`: what each part of a recipe is worth."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bioweave.cli.extras import needs_extra
from bioweave.cli.trial_options import (
    AsJson,
    Brief,
    Jobs,
    KeepWeights,
    Overrides,
    Recipe,
    TrialsOut,
    printed,
    seeds_in,
)


def ablate(
    recipe: Recipe,
    out: TrialsOut,
    switches: Annotated[
        list[str] | None,
        typer.Option(
            "--switch",
            metavar="NAME",
            help="Throw this switch (again for more).",
            show_default="all of them",
        ),
    ] = None,
    switch_file: Annotated[
        Path | None,
        typer.Option(
            "--switches",
            metavar="FILE",
            help="Switches of your own, in TOML, instead of the package's.",
            show_default=False,
        ),
    ] = None,
    seeds: Annotated[
        str, typer.Option("--seeds", metavar="N,...", help="Train with each of these seeds.")
    ] = "13,29,47",
    overrides: Overrides = None,
    jobs: Jobs = 1,
    keep_weights: KeepWeights = False,
    as_json: AsJson = False,
    is_brief: Brief = False,
) -> None:
    """Train a recipe as it is and with one switch thrown at a time; compare them on dev.

    Switches are settings such as "without parts of speech" or "with a softmax for each word". One
    that the recipe has thrown already, or that makes no recipe of it, is left out and said so.

    OUT/ablation.md and OUT/ablation.png show what comes out, OUT/summary.json holds it; `report`
    makes one page of it and of the same with more or less to learn from. Called again, it goes on
    from wherever it was interrupted, and trains what further switches and seeds want.
    """
    from rich.console import Console

    from bioweave.cli.stage_progress import StageProgress

    with needs_extra("train", "an ablation"):
        import torch  # noqa: F401

        from bioweave.experiments.runs import ablate as ablate_recipe

    with StageProgress(Console(file=sys.stderr)) as progress:
        summary = ablate_recipe(
            recipe,
            out,
            switches=switches or [],
            switch_file=switch_file,
            seeds=seeds_in(seeds, "--seeds"),
            overrides=overrides or [],
            jobs=jobs,
            keep_weights=keep_weights,
            watcher=progress,
        )
    if printed(summary, as_json=as_json, is_brief=is_brief):
        return
    from bioweave.cli.trial_tables import ablation_table

    Console(highlight=False).print(ablation_table(summary))
    for one in summary["skipped"]:
        typer.echo(f"left out: {one['switch']}: {one['reason']}")
