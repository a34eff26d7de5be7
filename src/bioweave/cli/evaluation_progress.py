"""How far an evaluation is: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TimeRemainingColumn,
)

from bioweave.cli.bar_or_lines import LINE, SECONDS_BETWEEN_LINES

ProgressOf = Callable[[str], Callable[[int, int], None]]


@contextmanager
def progress_on(console: Console) -> Iterator[ProgressOf]:
    """Gives a function from a corpus's name to what is called with (documents done, of all)."""
    if not console.is_terminal:
        yield lambda corpus: _lines(console, corpus)
        return
    columns = (LINE, BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bars:
        yield lambda corpus: _bar(bars, corpus)


def _bar(bars: Progress, corpus: str) -> Callable[[int, int], None]:
    # Begun with the first document: a corpus that is skipped shows no bar.
    tasks: list[TaskID] = []

    def show(n_done: int, n_documents: int) -> None:
        if not tasks:
            tasks.append(bars.add_task(corpus, total=n_documents))
        bars.update(tasks[0], completed=n_done)

    return show


def _lines(console: Console, corpus: str) -> Callable[[int, int], None]:
    last = monotonic()

    def show(n_done: int, n_documents: int) -> None:
        nonlocal last
        if n_done == n_documents or monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = monotonic()
            console.print(f"{corpus}: {n_done} of {n_documents} documents", highlight=False)

    return show
