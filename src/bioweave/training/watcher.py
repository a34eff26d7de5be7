"""Who is told how a long run goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable


class Watcher(Protocol):
    """Hears of all that a long run does; `show` comes often, `say` seldom."""

    def say(self, line: str) -> None:
        """Something worth keeping: what was decided, what was measured."""

    def show(self, n_done: int, n_all: int | None, doing: str) -> None:
        """How far the present stage is, in its own units; `n_all` is None where nobody knows."""


@runtime_checkable
class ScoreWatcher(Watcher, Protocol):
    """Hears dev scores as numbers, too. What it raises ends the run, which may go on later."""

    def measured(self, epoch: float, scores: Mapping[str, float]) -> None:
        """`strict_f1` among others, after so many epochs; the checkpoint is written afterwards."""


class NoWatcher:
    """Takes no notice."""

    def say(self, line: str) -> None:
        """Nothing."""

    def show(self, n_done: int, n_all: int | None, doing: str) -> None:
        """Nothing."""
