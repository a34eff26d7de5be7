"""The way from the first step to the last: measurements, checkpoints, and going on after one."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any

from bioweave.errors import ConfigurationError
from bioweave.training.pretraining.folder import PretrainingFolder
from bioweave.training.pretraining.loop import PretrainingLoop
from bioweave.training.pretraining.masked_lm import MaskedLanguageModel
from bioweave.training.pretraining.masking import MaskedRows
from bioweave.training.pretraining.rates import ScheduledAdamW
from bioweave.training.watcher import Watcher

# To read a loss is to wait for its step, so it is done now and then only.
_STEPS_BETWEEN_LOSSES = 20


@dataclass(slots=True, eq=False)
class PretrainingCourse:
    """One run of pretraining, from wherever it is to its end.

    `measured` has a row for each measurement: the step before which it was taken, the loss in
    nats a prediction, and its exponential, the perplexity.
    """

    lm: MaskedLanguageModel
    optimiser: ScheduledAdamW
    loop: PretrainingLoop
    held_out: list[MaskedRows]
    folder: PretrainingFolder
    watcher: Watcher
    n_measurements: int
    step: int = 0
    seconds: float = 0.0
    measured: list[dict[str, float]] = field(default_factory=list)

    def restore(self) -> bool:
        """Go back to the folder's checkpoint; False where there is none."""
        state = self.folder.read_checkpoint(self.lm.model.device)
        if state is None:
            return False
        self.lm.model.load_state_dict(state["model"])
        self.optimiser.adamw.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]
        self.measured = state["measured"]
        self.watcher.say(f"resuming after step {self.step:,} of {self._n_steps:,}")
        return True

    def finish(self, checkpoint_minutes: float) -> None:
        """Take the steps that are left, with a checkpoint every so many minutes."""
        measure_after = self._measure_after()
        if not self.measured:
            self._measure()
        started = saved = time.monotonic()
        before = self.seconds
        losses = []
        while self.step < self._n_steps:
            losses.append(self.loop.step(self.step))
            self.step += 1
            if len(losses) == _STEPS_BETWEEN_LOSSES:
                self._show([float(loss) for loss in losses])
                losses.clear()
            if self.step in measure_after:
                self._measure()
            now = time.monotonic()
            self.seconds = before + now - started
            if now - saved >= 60 * checkpoint_minutes and self.step < self._n_steps:
                self._save()
                saved = time.monotonic()

    def perplexity(self) -> dict[str, float]:
        """That before the first step, after the last, and where the head learned alone before."""
        by_step = {row["step"]: row["perplexity"] for row in self.measured}
        alone = self.optimiser.plan.n_head_alone
        among = {"head_alone": by_step[alone]} if alone else {}
        return {"before": by_step[0], **among, "after": by_step[self._n_steps]}

    @property
    def _n_steps(self) -> int:
        return self.optimiser.plan.n_steps

    def _measure_after(self) -> set[int]:
        parts = range(1, self.n_measurements + 1)
        evenly = {round(self._n_steps * part / self.n_measurements) for part in parts}
        return evenly | {self.optimiser.plan.n_head_alone}

    def _measure(self) -> None:
        loss = self.loop.measure(self.held_out)
        self.measured.append({"step": self.step, "loss": loss, "perplexity": math.exp(loss)})
        self.watcher.say(
            f"after step {self.step:,} of {self._n_steps:,}: held-out perplexity "
            f"{math.exp(loss):.2f}"
        )

    def _show(self, losses: list[float]) -> None:
        loss = sum(losses) / len(losses)
        if not math.isfinite(loss):
            raise ConfigurationError(
                f"the loss is {loss} at step {self.step}: pretrain into a new folder with a lower "
                "--learning-rate"
            )
        self.watcher.show(self.step, self._n_steps, f"steps, loss {loss:.3f}")

    def _save(self) -> None:
        state: dict[str, Any] = {
            "model": self.lm.model.state_dict(),
            "optimiser": self.optimiser.adamw.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
            "measured": self.measured,
        }
        self.folder.write_checkpoint(state)
