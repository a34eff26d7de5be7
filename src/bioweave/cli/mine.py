"""`bioweave mine`: questions to what a large run wrote."""

from __future__ import annotations

import csv
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer

if TYPE_CHECKING:
    from bioweave.cluster.mining import Answer, MinedRun

Out: TypeAlias = Annotated[
    Path, typer.Argument(metavar="OUT", help="What `annotate --engine` wrote.")
]
Top: TypeAlias = Annotated[int, typer.Option("--top", min=1, metavar="N", help="Rows at most.")]
Label: TypeAlias = Annotated[
    str | None, typer.Option("--label", help="Only of this label.", show_default="all")
]
To: TypeAlias = Annotated[Literal["table", "csv", "json"], typer.Option("--to", help="How.")]
Subject: TypeAlias = Annotated[
    str, typer.Argument(metavar="CONCEPT", help="A concept's id, or a name without a concept.")
]

app = typer.Typer(
    help="Ask what a large run found: concepts, pairs, relations, trends, documents, new names."
)


@app.command()
def concepts(out: Out, label: Label = None, top: Top = 20, to: To = "table") -> None:
    """The concepts with the most mentions."""
    _print(_run(out).concepts(label, top), to)


@app.command()
def unlinked(out: Out, label: Label = None, top: Top = 20, to: To = "table") -> None:
    """Names without a concept, those with the most mentions first: what a curator looks at."""
    _print(_run(out).unlinked(label, top), to)


@app.command()
def documents(out: Out, concept: Subject, top: Top = 20, to: To = "table") -> None:
    """The documents about a concept."""
    _print(_run(out).documents(concept, top), to)


@app.command()
def pairs(
    out: Out,
    left: Annotated[str, typer.Argument(metavar="LABEL", help="Such as Chemical.")],
    right: Annotated[str, typer.Argument(metavar="LABEL", help="Such as Disease.")],
    by: Annotated[
        Literal["document", "sentence"], typer.Option("--by", help="What they share.")
    ] = "document",
    top: Top = 20,
    to: To = "table",
) -> None:
    """What of two labels is found together, with PMI (in bits) and Fisher's p."""
    _print(_run(out).pairs(left, right, by, top), to)


@app.command()
def relations(
    out: Out,
    label: Label = None,
    about: Annotated[
        str | None,
        typer.Option(
            "--about", metavar="CONCEPT", help="Only those of this one.", show_default="all"
        ),
    ] = None,
    top: Top = 20,
    to: To = "table",
) -> None:
    """What most documents say of two concepts, of a run with --relations."""
    _print(_run(out).relations(label, about, top), to)


@app.command()
def trend(
    out: Out,
    concept: Subject,
    to: To = "table",
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="PNG", help="Draw it.", show_default=False)
    ] = None,
) -> None:
    """By year, how many documents are about a concept."""
    answer = _run(out).trend(concept)
    if plot is not None:
        _draw(answer, concept, plot)
    _print(answer, to)


def _run(out: Path) -> MinedRun:
    from bioweave.cluster.mining import MinedRun

    return MinedRun(out)


def _print(answer: Answer, to: str) -> None:
    if to == "json":
        rows = [
            {name: _finite(value) for name, value in zip(answer.columns, row, strict=True)}
            for row in answer.rows
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False))
    elif to == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(answer.columns)
        writer.writerows(answer.rows)
    else:
        from rich.console import Console
        from rich.markup import escape
        from rich.table import Table

        table = Table(*answer.columns)
        for row in answer.rows:
            table.add_row(*(escape(_shown(value)) for value in row))
        Console().print(table)


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _draw(answer: Answer, concept: str, path: Path) -> None:
    from bioweave.errors import MissingExtraError

    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingExtraError("matplotlib", extra="explain", needed_for="--plot") from error
    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.plot([row[0] for row in answer.rows], [row[3] for row in answer.rows])
    axes.set_xlabel("year")
    axes.set_ylabel("documents, percent")
    axes.set_title(concept)
    figure.savefig(path)
