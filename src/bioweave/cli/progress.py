"""How far annotation has come."""

from __future__ import annotations

from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TimeElapsedColumn

from bioweave.cli.bar_or_lines import LINE, BarOrLines


class AnnotationProgress(BarOrLines):
    """Counts documents and mentions; shows them on `console` while used as a context manager.

    `n_sources` is how many files there are: with several, a terminal shows a bar over them.
    """

    def __init__(self, console: Console, n_sources: int, *, is_quiet: bool = False) -> None:
        bar = [BarColumn()] if n_sources > 1 else []
        columns = (SpinnerColumn(), LINE, *bar, TimeElapsedColumn())
        super().__init__(console, *columns, beginning="loading the model", is_quiet=is_quiet)
        self.n_documents = 0
        self.n_mentions = 0
        self._n_sources = n_sources
        self._n_sources_done = 0
        self._started = monotonic()

    @property
    def seconds(self) -> float:
        """Since the object was made."""
        return monotonic() - self._started

    def add(self, n_mentions: int) -> None:
        """One more document is done."""
        self.n_documents += 1
        self.n_mentions += n_mentions
        self.update(self._line(), self._n_sources_done, self._n_sources)

    def finish_source(self) -> None:
        """One more file has been read to its end."""
        self._n_sources_done += 1

    def _line(self) -> str:
        rate = self.n_documents / max(self.seconds, 1e-9)
        done = f"{counted(self.n_documents, 'document')}, {counted(self.n_mentions, 'mention')}"
        return f"{done}, {rate:.1f} documents/s"


def counted(n: int, noun: str) -> str:
    """`1 document`, `2 documents`."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
