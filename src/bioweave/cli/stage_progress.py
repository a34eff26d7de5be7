"""How far a long run of several stages is."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, TimeElapsedColumn, TimeRemainingColumn

from bioweave.cli.bar_or_lines import LINE, BarOrLines


class StageProgress(BarOrLines):
    """Shows on `console` what a run tells of itself, while used as a context manager."""

    def __init__(self, console: Console) -> None:
        columns = (LINE, BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        super().__init__(console, *columns, beginning="beginning")

    def show(self, n_done: int, n_all: int | None, doing: str) -> None:
        """How many of how many, and what it is; `n_all` is None where nobody knows."""
        of_all = "" if n_all is None else f" of {n_all:,}"
        self.update(f"{n_done:,}{of_all} {doing}", n_done, n_all)
