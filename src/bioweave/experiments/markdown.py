"""Pieces of Markdown: tables, folded paragraphs, numbers."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

_WIDTH = 100


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> str:
    """A table; all but the first `left` columns are aligned right. Empty columns are left out."""
    lines = [list(row) for row in rows]
    kept = [
        place
        for place in range(len(headings))
        if place < left or not lines or any(line[place] for line in lines)
    ]
    rules = ["---" if place < left else "--:" for place in kept]
    shown = [[_cell(line[place]) for place in kept] for line in lines]
    heads = [_cell(headings[place]) for place in kept]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, rules, *shown))


def fold(paragraph: str, indent: str = "") -> str:
    """A paragraph in lines of bearable length; lines after the first are indented."""
    return textwrap.fill(
        paragraph,
        _WIDTH,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def item(text: str) -> str:
    """One entry of a list."""
    return fold(f"- {text}", "  ")


def percent(fraction: float | None) -> str:
    """A fraction of 1 in percent, with two decimals; nothing for None."""
    return "" if fraction is None else f"{100 * fraction:.2f}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
