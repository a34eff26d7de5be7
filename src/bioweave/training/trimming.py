"""Between steps: what they have freed goes back to the system from time to time."""

from __future__ import annotations

from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from bioweave.training.memory import return_freed_memory

# Faulting it in again costs less than half a step; a hundred steps are not yet much in pieces.
STEPS_BETWEEN = 100


class Trimming(TrainerCallback):
    """Bounds what `keep_freed_memory` keeps to what a hundred steps touch."""

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """A step was made."""
        if state.global_step % STEPS_BETWEEN == 0:
            return_freed_memory()
