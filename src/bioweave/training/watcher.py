"""Who is told how a long run goes."""

from __future__ import annotations

from typing import Protocol


class Watcher(Protocol):
    """Hears of all that a long run does; `show` comes often, `say` seldom."""

    def say(self, line: str) -> None:
        """Something worth keeping: what was decided, what was measured."""

    def show(self, n_done: int, n_all: int | None, doing: str) -> None:
        """How far the present stage is, in its own units; `n_all` is None where nobody knows."""


class NoWatcher:
    """Takes no notice."""

    def say(self, line: str) -> None:
        """Nothing."""

    def show(self, n_done: int, n_all: int | None, doing: str) -> None:
        """Nothing."""
