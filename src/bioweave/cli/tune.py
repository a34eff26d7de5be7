"""`bioweave tune`: the settings of a recipe that do best on dev."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

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


def tune(
    recipe: Recipe,
    out: TrialsOut,
    trials: Annotated[
        int,
        typer.Option("--trials", min=1, help="How many to try, those of earlier calls among them."),
    ],
    timeout: Annotated[
        float | None,
        typer.Option(
            "--timeout",
            metavar="SECONDS",
            help="Begin no trial later than this.",
            show_default=False,
        ),
    ] = None,
    space: Annotated[
        Path | None,
        typer.Option(
            "--space",
            metavar="FILE",
            help="The search space in TOML; else RECIPE.space.toml, else the package's.",
            show_default=False,
        ),
    ] = None,
    pruner: Annotated[
        Literal["median", "hyperband", "none"],
        typer.Option("--pruner", help="Who gives up trials that do worse than others did."),
    ] = "median",
    sampler_seed: Annotated[
        int, typer.Option("--sampler-seed", min=0, help="Decides what is tried.")
    ] = 0,
    startup_trials: Annotated[
        int,
        typer.Option(
            "--startup-trials", min=1, help="So many are drawn blindly, and none given up."
        ),
    ] = 5,
    confirm: Annotated[
        str,
        typer.Option(
            "--confirm",
            metavar="N,...",
            help="At the end train the best and the recipe as it was with each of these seeds.",
            show_default=False,
        ),
    ] = "",
    overrides: Overrides = None,
    jobs: Jobs = 1,
    keep_weights: KeepWeights = False,
    as_json: AsJson = False,
    is_brief: Brief = False,
) -> None:
    """Search for better settings: each trial is judged by its F1 on dev after every epoch.

    The best becomes OUT/best.toml, a recipe like any other. OUT/study.db is an Optuna study;
    OUT/tuning.md and OUT/tuning.png show it. Called again, it goes on from wherever it was
    interrupted, or with more --trials from where it ended. With one job what is tried follows from
    the recipe, the search space and the seed alone.
    """
    from rich.console import Console

    from bioweave.cli.stage_progress import StageProgress

    with needs_extra("train", "a search for settings"):
        import optuna  # noqa: F401
        import torch  # noqa: F401

        from bioweave.experiments.runs import tune as tune_recipe

    with StageProgress(Console(file=sys.stderr)) as progress:
        summary = tune_recipe(
            recipe,
            out,
            n_trials=trials,
            timeout=timeout,
            space=space,
            pruner=pruner,
            sampler_seed=sampler_seed,
            startup_trials=startup_trials,
            confirm_seeds=seeds_in(confirm, "--confirm"),
            overrides=overrides or [],
            jobs=jobs,
            keep_weights=keep_weights,
            watcher=progress,
        )
    if printed(summary, as_json=as_json, is_brief=is_brief):
        return
    from bioweave.cli.trial_tables import trials_table

    Console(highlight=False).print(trials_table(summary))
    typer.echo(f"{out / 'best.toml'}: strict F1 on dev {summary['best']['value']:.4f}")
