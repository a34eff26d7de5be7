"""What a run tells its watcher while `Trainer` trains."""

from __future__ import annotations

from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from bioweave.training.watcher import ScoreWatcher, Watcher


def shown_name(score: str) -> str:
    """A score's name for people.

    >>> shown_name("eval_strict_f1")
    'strict F1'
    """
    return score.removeprefix("eval_").replace("_", " ").replace("f1", "F1")


class ToldToWatcher(TrainerCallback):
    """Steps and losses go to a watcher, where `Trainer`'s own callbacks would print them.

    Standard output is left to the command: with `--json` nothing else may stand there.
    """

    def __init__(self, watcher: Watcher, score: str) -> None:
        """`score` is the one that decides; those of single corpora are called after it."""
        self._watcher = watcher
        self._score = f"eval_{score}"
        self._loss = ""

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """A loss, or the scores of an evaluation."""
        logs = logs or {}
        if "loss" in logs:
            self._loss = f", loss {float(logs['loss']):.3f}"
        scores = {name: value for name, value in logs.items() if name.startswith(self._score)}
        if scores:
            whole = shown_name(self._score)
            shown = ", ".join(
                f"{name.removeprefix(self._score).lstrip('/') or whole} {value:.4f}"
                for name, value in scores.items()
            )
            self._watcher.say(f"step {state.global_step:,} of {state.max_steps:,}, dev: {shown}")

    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        metrics: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        """The scores of an evaluation, for whoever decides by them."""
        if isinstance(self._watcher, ScoreWatcher) and state.epoch is not None:
            scores = {name.removeprefix("eval_"): value for name, value in (metrics or {}).items()}
            self._watcher.measured(state.epoch, scores)

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """One more step."""
        self._watcher.show(state.global_step, state.max_steps, f"steps{self._loss}")
