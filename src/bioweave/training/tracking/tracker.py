"""What is told to whoever follows a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

# How a run was left: it came to its end, failed, or was interrupted.
Ending = Literal["finished", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class Results:
    """What a run came to: its record, files worth keeping, and what makes its model card."""

    record: Mapping[str, Any]
    files: tuple[Path, ...]
    card: Callable[[], str] | None = None


class Tracker(Protocol):
    """Follows a run that may be killed at any moment, and goes on with it when it is resumed."""

    def start(self, step: int) -> None:
        """Learning begins, or goes on, after so many steps."""

    def figures(self, step: int, figures: Mapping[str, float]) -> None:
        """What was measured after a step: "train/loss", "dev/strict_f1" and the like."""

    def results(self, results: Results) -> None:
        """What came out. It is told again where the run was killed just then."""

    def end(self, ending: Ending) -> None:
        """Nothing more comes from this process."""
