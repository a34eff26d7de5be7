"""`bioweave promote`: which bundle `default` means."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from bioweave.cli.extras import needs_extra


def promote(
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="MODEL",
            help="The folder of a bundle or of a finished run.",
            show_default=False,
        ),
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Go back to what was the default before.")
    ] = False,
    fp32: Annotated[
        bool, typer.Option("--fp32", help="Do not make the weights of a run int8.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Make a model the default: what every command takes where no other is named.

    The model is copied into BIOWEAVE_HOME, its files checked, and put in force in one step; a run
    is exported first. Without MODEL it says what the default is. The last three promotions can be
    taken back one by one, in the end to the package's own bundle.
    """
    if undo and model is not None:
        raise typer.BadParameter("--undo takes no MODEL")

    from bioweave.experiments import reporting

    if undo:
        default = reporting.take_back()
    elif model is None:
        default = reporting.current_default()
    else:
        with needs_extra("train", "promoting a run"):
            default = reporting.promote(model, quantised=not fp32)
    if as_json:
        typer.echo(json.dumps(default.to_json(), indent=2, ensure_ascii=False))
        return
    whose = "the package's own" if default.is_packaged else "promoted"
    typer.echo(f"default: {default.name}, {whose} ({', '.join(default.labels)})")
    typer.echo(f"folder: {default.path}")
    if default.source is not None:
        typer.echo(f"made from: {default.source}, {default.promoted_at}")
    if default.dev is None:
        typer.echo("strict F1 on dev: not in its manifest")
    else:
        note = " (learned from)" if default.learned_from_dev else ""
        typer.echo(f"strict F1 on dev{note}: {default.dev:.4f}")
