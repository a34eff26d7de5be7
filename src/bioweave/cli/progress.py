"""How far annotation has come: live on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

SECONDS_BETWEEN_LINES = 10.0


class AnnotationProgress:
    """Counts documents and mentions; shows them on `console` while used as a context manager.

    `n_sources` is how many files there are: with several, a terminal shows a bar over them.
    """

    def __init__(self, console: Console, n_sources: int, *, is_quiet: bool = False) -> None:
        self.n_documents = 0
        self.n_mentions = 0
        self._console = console
        self._started = self._last_line = time.monotonic()
        self._is_quiet = is_quiet
        self._live = None
        if console.is_terminal and not is_quiet:
            self._live = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                *([BarColumn()] if n_sources > 1 else []),
                TimeElapsedColumn(),
                console=console,
                transient=True,
            )
            self._task = self._live.add_task("loading the model", total=n_sources)

    @property
    def seconds(self) -> float:
        """Since the object was made."""
        return time.monotonic() - self._started

    def add(self, n_mentions: int) -> None:
        """One more document is done."""
        self.n_documents += 1
        self.n_mentions += n_mentions
        if self._live is not None:
            self._live.update(self._task, description=self._line())
        elif not self._is_quiet and time.monotonic() - self._last_line > SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            self._console.print(self._line(), highlight=False)

    def finish_source(self) -> None:
        """One more file has been read to its end."""
        if self._live is not None:
            self._live.advance(self._task)

    def _line(self) -> str:
        rate = self.n_documents / max(self.seconds, 1e-9)
        done = f"{counted(self.n_documents, 'document')}, {counted(self.n_mentions, 'mention')}"
        return f"{done}, {rate:.1f} documents/s"

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()


def counted(n: int, noun: str) -> str:
    """`1 document`, `2 documents`."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
