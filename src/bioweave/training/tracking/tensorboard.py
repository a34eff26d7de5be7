"""A run's figures as TensorBoard's event files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bioweave.training.tracking.tracker import Ending, Results

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter


class TensorBoardTracker:
    """Writes into one folder, whoever many processes a run takes: `tensorboard --logdir` reads it.

    What a killed process wrote of steps that are then learned again is marked as void.
    """

    def __init__(self, folder: Path, recipe: str) -> None:
        """`recipe` is the recipe's TOML, to be shown beside the curves."""
        self._folder = folder
        self._recipe = recipe
        self._writer: SummaryWriter | None = None

    def start(self, step: int) -> None:
        """See `Tracker`."""
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(self._folder), purge_step=step + 1 if step else None)
        if not step:
            indented = "".join(f"    {line}\n" for line in self._recipe.splitlines())
            self._writer.add_text("recipe", indented)

    def figures(self, step: int, figures: Mapping[str, float]) -> None:
        """See `Tracker`."""
        if self._writer is None:
            return
        for name, value in figures.items():
            self._writer.add_scalar(name, value, step)
        self._writer.flush()

    def results(self, results: Results) -> None:
        """Nothing: curves are all that TensorBoard shows."""

    def end(self, ending: Ending) -> None:
        """See `Tracker`."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
