"""One trial from wherever it stands to its scores."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bioweave.experiments.card import model_card
from bioweave.experiments.runs.measuring import SCORES, measure_run
from bioweave.experiments.runs.scores import TrialScores
from bioweave.whole_files import read_json

if TYPE_CHECKING:
    from bioweave.training.watcher import Watcher


@dataclass(frozen=True, slots=True)
class Task:
    """A trial, and what is to be kept of it beside its scores."""

    recipe: Path
    overrides: tuple[str, ...]
    run: Path
    keeps_weights: bool = False
    keeps_predictions: bool = False


def complete(task: Task, watcher: Watcher | None = None) -> TrialScores:
    """Train, or go on with it, and measure; what is done already is not done again.

    Killed at any moment and called again it comes to the same scores.
    """
    from bioweave.training import train

    scores = read_scores(task.run)
    if scores is None:
        discard_fragments(task.run)
        record = train(
            task.recipe,
            task.run,
            overrides=task.overrides,
            resume=True,
            watcher=watcher,
            card=model_card,
        )
        scores = measure_run(task.run, record, keeps_predictions=task.keeps_predictions)
    discard_weights(task.run, keeps_last=task.keeps_weights)
    return scores


def read_scores(run: Path) -> TrialScores | None:
    """What a trial came to; None where it has not come to its end."""
    value = read_json(run / SCORES)
    return TrialScores.from_json(value) if value is not None else None


def discard_fragments(run: Path) -> None:
    """Take away what a run that was killed while it wrote cannot go on from.

    Without a whole record nothing was learned yet, and all begins anew; of checkpoints those go
    whose last file is not whole.
    """
    if not run.exists():
        return
    if read_json(run / "run.json") is None:
        shutil.rmtree(run)
        return
    for checkpoint in (run / "checkpoints").glob("checkpoint-*"):
        if read_json(checkpoint / "trainer_state.json") is None:
            shutil.rmtree(checkpoint)


def discard_weights(run: Path, *, keeps_last: bool) -> None:
    """Delete checkpoints, which a finished run does not need, and the weights it ended with.

    With the weights go the embeddings and dictionaries that are read beside them.
    """
    shutil.rmtree(run / "checkpoints", ignore_errors=True)
    if not keeps_last:
        (run / "tagger.safetensors").unlink(missing_ok=True)
        shutil.rmtree(run / "features", ignore_errors=True)


class NamedWatcher:
    """Tells another watcher what a trial says, and which trial it is."""

    def __init__(self, name: str, watcher: Watcher) -> None:
        self.name = name
        self.watcher = watcher

    def say(self, line: str) -> None:
        """What the trial says."""
        self.watcher.say(f"{self.name}: {line}")

    def show(self, n_done: int, n_all: int | None, doing: str) -> None:
        """How far the trial is."""
        self.watcher.show(n_done, n_all, f"{doing} ({self.name})")


def spent_seconds(scores: Mapping[str, TrialScores]) -> float:
    """What training and measuring took, over all trials; of those resumed the last part."""
    return sum(sum(one.seconds.values()) for one in scores.values())
