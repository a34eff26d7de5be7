"""`bioweave cross-validate`: a recipe measured on every document of its corpus."""

from __future__ import annotations

import sys
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
)


def cross_validate(
    recipe: Recipe,
    out: TrialsOut,
    folds: Annotated[int, typer.Option("--folds", min=2, help="How many folds.")] = 5,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Decides which document is in which fold.")
    ] = 0,
    corpus: Annotated[
        str | None,
        typer.Option(
            "--corpus",
            metavar="NAME",
            help="Which of the recipe's corpora is cut into folds, if it has several.",
            show_default=False,
        ),
    ] = None,
    overrides: Overrides = None,
    jobs: Jobs = 1,
    keep_weights: KeepWeights = False,
    as_json: AsJson = False,
    is_brief: Brief = False,
) -> None:
    """Train once for each fold, measured on the fold that it has not seen.

    Folds are of whole documents, those of one abstract or article together, and have mentions in
    proportion. Nothing is chosen on a fold that is held out: runs end with their last weights.

    OUT/out-of-fold.jsonl holds every document as found by the run that had not seen it, and
    OUT/out-of-fold.npz the probabilities of its words' tags; OUT/cross-validation.md shows the
    scores. Called again, it goes on from
    wherever it was interrupted.
    """
    from rich.console import Console

    from bioweave.cli.stage_progress import StageProgress

    with needs_extra("train", "cross-validation"):
        import torch  # noqa: F401

        from bioweave.experiments.runs import cross_validate as cross_validate_recipe

    with StageProgress(Console(file=sys.stderr)) as progress:
        summary = cross_validate_recipe(
            recipe,
            out,
            folds=folds,
            seed=seed,
            corpus=corpus,
            overrides=overrides or [],
            jobs=jobs,
            keep_weights=keep_weights,
            watcher=progress,
        )
    if printed(summary, as_json=as_json, is_brief=is_brief):
        return
    from bioweave.cli.trial_tables import folds_table

    Console(highlight=False).print(folds_table(summary))
