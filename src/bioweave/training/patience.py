"""When a run has waited long enough for a better dev score."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments


class Patience(TrainerCallback):
    """Stops a run whose score has not grown for `n` evaluations.

    It counts in the run's own history, where `transformers.EarlyStoppingCallback` keeps a count
    that a checkpoint does not bring back: a resumed run stops where an undisturbed one does.
    """

    def __init__(self, n: int, score: str) -> None:
        self._n = n
        self._score = score

    def on_evaluate(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """One more score."""
        if is_exhausted(_scores(state.log_history, self._score), self._n):
            control.should_training_stop = True


def is_exhausted(scores: Sequence[float], n: int) -> bool:
    """Whether the last `n` scores were no better than the best before them.

    >>> is_exhausted([0.2, 0.5, 0.5, 0.4], 2), is_exhausted([0.2, 0.5, 0.5, 0.6], 2)
    (True, False)
    """
    return bool(scores) and len(scores) - 1 - scores.index(max(scores)) >= n


def epochs_until_stop(checkpoint: Path, n: int, score: str) -> float | None:
    """The epoch of a checkpoint at which patience ended; None where training goes on from it.

    A run may be killed between its last checkpoint and its end.
    """
    state: dict[str, Any] = json.loads((checkpoint / "trainer_state.json").read_bytes())
    if n and is_exhausted(_scores(state["log_history"], score), n):
        return float(state["epoch"])
    return None


def _scores(history: Iterable[Mapping[str, Any]], score: str) -> list[float]:
    return [float(row[score]) for row in history if score in row]
