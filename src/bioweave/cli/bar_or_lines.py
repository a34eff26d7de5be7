"""How far something long has come: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress, ProgressColumn, TextColumn

SECONDS_BETWEEN_LINES = 10.0
# Stands for the line that `update` is called with.
LINE = TextColumn("{task.description}", markup=False)


class BarOrLines:
    """Shows how far something is on `console`, while used as a context manager.

    `columns` are those of the bar, and `beginning` is what it says before the first `update`. With
    `is_quiet` it shows nothing.
    """

    def __init__(
        self,
        console: Console,
        *columns: ProgressColumn,
        beginning: str,
        is_quiet: bool = False,
    ) -> None:
        self._console = console
        self._is_quiet = is_quiet
        self._last_line = monotonic()
        self._bar: Progress | None = None
        if console.is_terminal and not is_quiet:
            self._bar = Progress(*columns, console=console, transient=True)
            self._task = self._bar.add_task(beginning, total=None)

    def say(self, line: str) -> None:
        """A line that stays."""
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)

    def update(self, line: str, n_done: int | None = None, n_all: int | None = None) -> None:
        """`line` beside a bar of `n_done` of `n_all`; without them the bar stays as it is."""
        if self._bar is not None:
            self._bar.update(self._task, description=line, completed=n_done, total=n_all)
        elif not self._is_quiet and monotonic() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = monotonic()
            self.say(line)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
