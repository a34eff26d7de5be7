"""`bioweave fuse`: several trained models annotate as one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bioweave.cli.extras import needs_extra
from bioweave.cli.fusion_method import FusionMethodName


def fuse(
    members: Annotated[
        list[str],
        typer.Argument(
            metavar="MEMBER...", help="Folders of bundles and runs, 'default', at least two."
        ),
    ],
    corpora: Annotated[
        list[str],
        typer.Option(
            "--corpus",
            metavar="NAME",
            help="Fit and choose on this corpus's dev split (again for more).",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="BUNDLE",
            help="Write the fused bundle into this folder; without it, only compare.",
            show_default=False,
        ),
    ] = None,
    method: Annotated[
        FusionMethodName,
        typer.Option("--method", help="How opinions are pooled; 'best' is what dev says."),
    ] = FusionMethodName.BEST,
    name: Annotated[
        str | None,
        typer.Option("--name", help="The bundle's name, by default its folder's."),
    ] = None,
    fp32: Annotated[
        bool, typer.Option("--fp32", help="Do not make the weights of runs int8.")
    ] = False,
    with_test: Annotated[
        bool,
        typer.Option("--test", help="Measure the test splits as well; they decide nothing."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Pool the opinions of several models into one that annotates like any other.

    Members may differ in everything but their labels: encoder, vocabulary, pieces, with a CRF or
    without. They meet at the words. Pools: mean; weighted (a mean with weights from dev);
    log-linear (a product with powers from dev); vote (over whole mentions); stacking (a second
    model over the members' opinions of a word and its neighbours).

    Everything is fitted to dev splits, and measured there on documents that it was not fitted to. A
    member that learned from such a split is refused.
    """
    from rich.console import Console

    with needs_extra("train", "fitting a fusion"):
        import sklearn  # noqa: F401  (stacking)

    from bioweave.cli.evaluation_progress import progress_on
    from bioweave.cli.fusion_tables import tables_of
    from bioweave.experiments.fusing import fuse as fuse_members

    with progress_on(Console(file=sys.stderr)) as progress_of:
        report = fuse_members(
            members,
            corpora,
            method=method.chosen,
            out=out,
            name=name,
            quantised=not fp32,
            with_test=with_test,
            progress=progress_of,
        )
    if as_json:
        # In one line: counts by document are long.
        typer.echo(json.dumps(report, ensure_ascii=False, allow_nan=False))
        return
    console = Console(highlight=False)
    for table in tables_of(report):
        console.print(table)
    if out is not None:
        typer.echo(f"{out}: {report['method']} of {', '.join(report['members'])}")
