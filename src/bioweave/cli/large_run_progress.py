"""How far a large run has come."""

from __future__ import annotations

from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, TimeElapsedColumn

from bioweave.cli.bar_or_lines import LINE, BarOrLines
from bioweave.cluster import Progress, Watcher


class RunProgress(BarOrLines, Watcher):
    """Shows what it hears on `console`, while used as a context manager."""

    def __init__(self, console: Console) -> None:
        columns = (BarColumn(), LINE, TimeElapsedColumn())
        super().__init__(console, *columns, beginning="listing the files")

    def hear(self, progress: Progress) -> None:
        """Show it, on a terminal at once."""
        total, done = progress.n_documents, progress.counts.n_documents
        if total is None:
            total, done = progress.n_shards, progress.n_shards_done
        self.update(line(progress), done, total)


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
