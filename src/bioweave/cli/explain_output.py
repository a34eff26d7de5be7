"""Where explanations go: a terminal, a page, JSON, a picture."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import typer

if TYPE_CHECKING:
    from bioweave.explanation import Explanation

Form: TypeAlias = Literal["terminal", "html", "json", "png"]

_BY_SUFFIX: dict[str, Form] = {
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".png": "png",
    ".txt": "terminal",
}
_WIDTH_OF_FILE = 100


def chosen_form(to: Form | None, out: Path | None) -> Form:
    """What `--to` says, else the file's suffix, else terminal; BadParameter where neither can."""
    if to is None and out is not None:
        to = _BY_SUFFIX.get(out.suffix.lower())
        if to is None:
            raise typer.BadParameter(
                f"{out}: the suffix says none of terminal, html, json and png; say it with --to"
            )
    if to == "png" and out is None:
        raise typer.BadParameter("a picture needs a file to go to: give -o NAME.png")
    return to or "terminal"


def write(explanations: Iterable[Explanation], form: Form, out: Path | None) -> None:
    """Write them to a file, or to standard output as they come."""
    if form == "terminal":
        _write_terminal(explanations, out)
        return
    from bioweave.explanation import to_json
    from bioweave.explanation.rendering.html_page import render_html
    from bioweave.explanation.rendering.picture import render_png

    finished = list(explanations)
    if form == "png":
        content = render_png(finished)
    else:
        text = render_html(finished) if form == "html" else to_json(finished) + "\n"
        content = text.encode("utf-8")
    if out is None:
        sys.stdout.write(content.decode("utf-8"))
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(content)


def _write_terminal(explanations: Iterable[Explanation], out: Path | None) -> None:
    from io import StringIO

    from rich.console import Console

    from bioweave.explanation.rendering.terminal import render_terminal

    target = StringIO() if out is not None else None
    width = _WIDTH_OF_FILE if target is not None else None
    console = Console(file=target, width=width, highlight=False, markup=False)
    n_shown = 0
    for explanation in explanations:
        n_shown += 1
        render_terminal(explanation, console)
    if not n_shown:
        console.print("no mentions found; --span A:B --label LABEL explains what was missed")
    if target is not None and out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(target.getvalue(), encoding="utf-8")
