"""How long a run took, over all the processes that worked on it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

from bioweave.whole_files import read_json, write_json

_NAME = "seconds.json"


class TimeSpent(TrainerCallback):
    """Leaves in each checkpoint the seconds that it took to get there.

    What a killed process did after its last checkpoint is done again, and counts once.
    """

    def __init__(self, checkpoint: Path | None) -> None:
        """`checkpoint` is the one that a run goes on from."""
        self._before = _seconds(checkpoint)
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the run's beginning, without the time when nobody worked on it."""
        return self._before + time.monotonic() - self._started

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """A checkpoint was written."""
        if state.is_world_process_zero:
            folder = Path(str(args.output_dir)) / f"{PREFIX_CHECKPOINT_DIR}-{state.global_step}"
            write_json(folder / _NAME, self.seconds)


def _seconds(checkpoint: Path | None) -> float:
    # Killed in between, a checkpoint lacks it: the time before is then not known.
    path = None if checkpoint is None else checkpoint / _NAME
    return float(read_json(path)) if path is not None and path.is_file() else 0.0
