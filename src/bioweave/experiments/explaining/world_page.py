"""Words for and against each label as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bioweave.experiments.explaining.world_plot import plot_world
from bioweave.experiments.explaining.world_words import (
    CAVEATS,
    HEADINGS,
    cells,
    leading,
    told_of,
)
from bioweave.experiments.markdown import fold, table
from bioweave.experiments.runs.verdicts import count
from bioweave.whole_files import write_whole

PAGE, PICTURE = "words.md", "words.png"
_PLACES = ("in it", "before", "after", "near")
_MOST = 10  # words of a place on either side


def write_world(summary: Mapping[str, Any], out: Path) -> Path:
    """Write the page and its picture into a folder; gives the page."""
    out.mkdir(parents=True, exist_ok=True)
    plot_world(summary, out / PICTURE)
    write_whole(out / PAGE, world_page(summary).encode())
    return out / PAGE


def world_page(summary: Mapping[str, Any]) -> str:
    """The tables and how to read them, from the summary alone."""
    return "\n\n".join(_parts(summary)) + "\n"


def _parts(summary: Mapping[str, Any]) -> Iterator[str]:
    yield "# Words for and against each label"
    yield fold(told_of(summary))
    yield fold(CAVEATS)
    yield f"![The heaviest words of each label]({PICTURE})"
    for label, entries in summary["labels"].items():
        spans = summary["spans"][label]
        yield f"## {label}"
        yield fold(
            f"{count(spans['found'], 'mention')} found, {spans['near_misses']:,} nearly found; "
            f"{count(len(entries), 'word')} of enough documents."
        )
        for where in _PLACES:
            own = [one for one in entries if one["where"] == where]
            speak_for, against = leading(own, _MOST)
            if speak_for or against:
                yield f"### {label}: {where}"
            for title, some in (("For it:", speak_for), ("Against it:", against)):
                if some:
                    yield title
                    yield table(HEADINGS, map(cells, some), left=2)
