"""A run's end: its weights, its figures over time, its record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from safetensors.torch import save_file
from torch import nn

from bioweave.bundle import Manifest
from bioweave.training.folder import RunFolder, write_lines
from bioweave.training.loading import FinishedRun
from bioweave.training.plots import plot_run
from bioweave.training.recipe import Recipe
from bioweave.training.tracking import Results, Trackers
from bioweave.training.trainer import STRICT_F1
from bioweave.training.untrained import Untrained

MakeCard: TypeAlias = Callable[[Manifest], str]


def finish_run(
    folder: RunFolder,
    recipe: Recipe,
    trained: Untrained,
    record: dict[str, Any],
    history: Sequence[dict[str, Any]],
    *,
    trackers: Trackers,
    card: MakeCard | None,
) -> None:
    """Write all that a finished run leaves, the record last, and tell the trackers.

    `history` are the rows that `Trainer` logged. Killed on the way, the run is unfinished, and all
    is written and told again.
    """
    kept = write_outcome(folder, trained.tagger, history, keep=record["keep"])
    finished = record | {"status": "finished", "dev": kept}

    def make_card() -> str:
        run = FinishedRun(
            recipe,
            finished,
            trained.tagger.without_auxiliary_heads(),
            trained.tokenizer,
            trained.featurizer,
        )
        return card(run.manifest) if card is not None else ""

    close_run(folder, finished, trackers, make_card if card is not None else None)


def write_outcome(
    folder: RunFolder,
    learner: nn.Module,
    history: Sequence[dict[str, Any]],
    *,
    keep: str,
    score: str = STRICT_F1,
) -> dict[str, Any] | None:
    """Write weights, figures over time and their plot; returns the dev figures of the weights."""
    weights = learner.state_dict()
    save_file({name: one.contiguous() for name, one in weights.items()}, folder.weights)
    steps = [row for row in history if "loss" in row]
    epochs = [
        {name.removeprefix("eval_"): value for name, value in row.items()}
        for row in history
        if f"eval_{score}" in row
    ]
    write_lines(folder.steps, steps)
    write_lines(folder.epochs, epochs)
    plot_run(steps, epochs, folder.progress, score)
    best = max(epochs, key=lambda row: row[score], default=None)
    return epochs[-1] if epochs and keep == "last" else best


def close_run(
    folder: RunFolder,
    finished: dict[str, Any],
    trackers: Trackers,
    make_card: Callable[[], str] | None,
) -> None:
    """Tell the trackers, and write the record of a finished run."""
    files = (folder.recipe, folder.steps, folder.epochs, folder.progress)
    trackers.results(Results(finished, files, make_card))
    trackers.end("finished")
    folder.write_record(finished)
