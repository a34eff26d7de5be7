"""How far a long run of several stages is: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

SECONDS_BETWEEN_LINES = 10.0


class StageProgress:
    """Shows on `console` what a run tells of itself, while used as a context manager."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last_line = monotonic()
        self._bar: Progress | None = None
        if console.is_terminal:
            columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, TimeRemainingColumn(), console=console, transient=True)
            self._task = self._bar.add_task("beginning", total=None)

    def say(self, line: str) -> None:
        """A line that stays."""
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)

    def show(self, n_done: int, n_all: int | None, doing: str) -> None:
        """How many of how many, and what it is; `n_all` is None where nobody knows."""
        of_all = "" if n_all is None else f" of {n_all:,}"
        line = f"{n_done:,}{of_all} {doing}"
        if self._bar is not None:
            self._bar.update(self._task, description=line, completed=n_done, total=n_all)
        elif monotonic() - self._last_line >= SECONDS_BETWEEN_LINES:
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
