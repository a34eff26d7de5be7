"""How far a large run has come: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time
from datetime import timedelta
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from bioweave.cli.progress import SECONDS_BETWEEN_LINES
from bioweave.cluster import Progress, Watcher


class RunProgress(Watcher):
    """Shows what it hears on `console`, while used as a context manager."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last_line = time.monotonic()
        self._bar: Bar | None = None
        if console.is_terminal:
            self._bar = Bar(
                BarColumn(),
                TextColumn("{task.description}"),
                TimeElapsedColumn(),
                console=console,
                transient=True,
            )
            self._task = self._bar.add_task("listing the files", total=None)

    def hear(self, progress: Progress) -> None:
        """Show it, on a terminal at once."""
        if self._bar is not None:
            total, done = progress.n_documents, progress.counts.n_documents
            if total is None:
                total, done = progress.n_shards, progress.n_shards_done
            self._bar.update(self._task, description=line(progress), total=total, completed=done)
        elif time.monotonic() - self._last_line > SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            self._console.print(line(progress), highlight=False)

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


def line(progress: Progress) -> str:
    """How far it is, in a line."""
    shards = f"{progress.n_shards_done} of {progress.n_shards} shards"
    if progress.n_documents is None:
        return f"reading ids: {shards}"
    counts = progress.counts
    parts = [
        shards,
        f"{counts.n_documents} of {progress.n_documents} documents",
        f"{progress.rate:.1f} documents/s",
        f"{progress.word_rate:,.0f} words/s",
    ]
    if counts.n_failed:
        parts.append(f"{counts.n_failed} failed")
    if progress.seconds_left is not None:
        parts.append(f"{timedelta(seconds=round(progress.seconds_left))} left")
    return ", ".join(parts)
