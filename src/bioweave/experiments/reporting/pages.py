"""A report's parts as Markdown, and as a page of HTML that needs nothing else."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from bioweave.experiments.markdown import fold, table
from bioweave.experiments.reporting.content import Heading, Part, Picture
from bioweave.experiments.reporting.tables import Table

# Pictures have a white ground of their own, in both themes.
_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1a1a1a; --faint: #595959; --line: #d0d0d0;
  --stripe: #f4f5f7; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181c; --ink: #f0f0f0; --faint: #a8adb5; --line: #3a3f47;
    --stripe: #1e2126; } }
body { margin: 0 auto; padding: 1.5rem 1rem; max-width: 72rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.3; } h2 { font-size: 1.25rem; margin: 3rem 0 .3rem; }
h3 { font-size: 1.05rem; margin: 2rem 0 .2rem; } h4 { font-size: 1rem; margin: 1.2rem 0 0; }
p { margin: .4rem 0; max-width: 44rem; color: var(--faint); }
.wide { overflow-x: auto; overflow-wrap: normal; }
table { border-collapse: collapse; margin: .8rem 0; font-size: .9rem;
  font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--line); }
th { vertical-align: bottom; } td { white-space: nowrap; }
tr:nth-child(even) td { background: var(--stripe); }
.left { text-align: left; } td.long { white-space: normal; min-width: 16rem; }
img { max-width: 100%; height: auto; background: #fff; border-radius: .4rem; margin: .8rem 0; }
"""
# From here on a cell may break into lines.
_LONG_CELL = 40


def markdown_page(parts: Iterable[Part]) -> str:
    """The page in Markdown; pictures are files beside it."""
    return "\n\n".join(map(_markdown, parts)) + "\n"


def html_page(parts: Iterable[Part], folder: Path) -> str:
    """The page in HTML, with the pictures of the folder inside it."""
    listed = list(parts)
    title = next((part.text for part in listed if isinstance(part, Heading)), "Report")
    body = "\n".join(_html(part, folder) for part in listed)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="bioweave">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _markdown(part: Part) -> str:
    match part:
        case Heading(level, text):
            return f"{'#' * level} {text}"
        case Table(headings, rows, left):
            return table(headings, rows, left=left)
        case Picture(file, alt):
            return f"![{alt}]({file})"
        case _:
            return fold(part)


def _html(part: Part, folder: Path) -> str:
    match part:
        case Heading(level, text):
            return f"<h{level}>{escape(text)}</h{level}>"
        case Table():
            return _html_table(part)
        case Picture(file, alt):
            content = base64.b64encode((folder / file).read_bytes()).decode("ascii")
            return f'<img src="data:image/png;base64,{content}" alt="{escape(alt)}">'
        case _:
            return f"<p>{escape(part)}</p>"


def _html_table(part: Table) -> str:
    kept = [
        place
        for place in range(len(part.headings))
        if place < part.left or any(row[place] for row in part.rows)
    ]
    head = _cells("th", part.headings, kept, part.left)
    body = "".join(f"<tr>{_cells('td', row, kept, part.left)}</tr>\n" for row in part.rows)
    return f'<div class="wide"><table>\n<tr>{head}</tr>\n{body}</table></div>'


def _cells(tag: str, row: Sequence[str], kept: Sequence[int], left: int) -> str:
    return "".join(
        f"<{tag}{_class(row[place], is_left=place < left)}>{escape(row[place])}</{tag}>"
        for place in kept
    )


def _class(cell: str, *, is_left: bool) -> str:
    names = ["left"] * is_left + ["long"] * (len(cell) > _LONG_CELL)
    return f' class="{" ".join(names)}"' if names else ""
