"""What `Trainer` logs, told to a run's trackers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from bioweave.training.tracking.trackers import Trackers

_OF_TRAINING = {
    "loss": "train/loss",
    "grad_norm": "train/gradient_norm",
    "learning_rate": "train/learning_rate",
}
_DEV = "eval_"


class Tracked(TrainerCallback):
    """Losses and dev scores go to the trackers, under names of their own."""

    def __init__(self, trackers: Trackers) -> None:
        self._trackers = trackers

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """The first step, or that of the checkpoint."""
        self._trackers.start(state.global_step)

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """A loss, or the scores of an evaluation."""
        self._trackers.figures(state.global_step, dict(_figures(logs or {})))


def _figures(logs: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, value in logs.items():
        if name in _OF_TRAINING:
            yield _OF_TRAINING[name], float(value)
        elif name.startswith(_DEV):
            # "eval_strict_f1/CORPUS": a name is no folder for others, as "dev/strict_f1" would be.
            score, _, corpus = name.removeprefix(_DEV).partition("/")
            yield f"dev/{corpus}/{score}" if corpus else f"dev/{score}", float(value)
