"""Options of the commands that train a recipe many times."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from bioweave.errors import ConfigurationError

Recipe: TypeAlias = Annotated[
    Path, typer.Argument(metavar="RECIPE.toml", help="What to train, and how.")
]
TrialsOut: TypeAlias = Annotated[
    Path,
    typer.Option(
        "-o",
        "--output",
        metavar="OUT",
        help="A new folder, or one in which the same command was interrupted.",
        show_default=False,
    ),
]
Overrides: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Another value for one of the recipe's keys; repeatable.",
    ),
]
Jobs: TypeAlias = Annotated[
    int,
    typer.Option(
        "--jobs", min=1, help="How many runs are trained side by side, each in its own process."
    ),
]
KeepWeights: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--keep-weights/--no-keep-weights",
        help="Keep the weights of finished runs; a hundred encoders fill a disk.",
    ),
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print OUT/summary.json.")]
Brief: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--brief",
        help="Print OUT/summary.json without each document's counts: small enough to commit, and "
        "all that `report` makes a page of.",
    ),
]


def seeds_in(text: str, option: str) -> tuple[int, ...]:
    """Whole numbers with commas between them; none of an empty text."""
    try:
        return tuple(int(seed) for seed in text.split(",")) if text else ()
    except ValueError:
        raise ConfigurationError(
            f"{option} {text!r}: expected whole numbers with commas between them"
        ) from None


def printed(summary: Mapping[str, Any], *, as_json: bool, is_brief: bool) -> bool:
    """Print a summary as JSON if that is asked for; whether it was."""
    from bioweave.experiments.runs import brief

    if as_json or is_brief:
        shown = brief(summary) if is_brief else summary
        typer.echo(json.dumps(shown, ensure_ascii=False, allow_nan=False))
    return as_json or is_brief
