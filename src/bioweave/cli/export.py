"""`bioweave export`: a run becomes a bundle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bioweave.cli.extras import needs_extra


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a finished run.")],
    bundle: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="BUNDLE", help="The bundle's folder.", show_default=False
        ),
    ],
    fp32: Annotated[
        bool,
        typer.Option("--fp32", help="Keep 32-bit weights: four times the size, half the speed."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the measured scores.")] = False,
) -> None:
    """Make a bundle of a run: what `annotate --model` or `relate --model` takes, without torch.

    Weights become 8-bit integers unless --fp32 is given; what that costs is measured on the dev
    split and stands in the bundle's manifest.
    """
    with needs_extra("train", "exporting a run"):
        from bioweave.training import export_run
        from bioweave.training.relating.export import export_relations
        from bioweave.training.relating.loading import is_relation_run

    of_relations = is_relation_run(run)
    scores = (export_relations if of_relations else export_run)(run, bundle, not fp32)
    if as_json:
        typer.echo(json.dumps({"bundle": str(bundle), "dev": scores}, ensure_ascii=False))
        return
    typer.echo(f"{bundle}: written")
    for precision, score in scores.items():
        if of_relations:
            typer.echo(f"{precision}: F1 of relations on dev {score['relation_f1']:.4f}")
        else:
            typer.echo(f"{precision}: strict F1 on dev {score['strict_f1']:.4f}")
