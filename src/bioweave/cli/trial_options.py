"""Options of the commands that train a recipe many times."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

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
