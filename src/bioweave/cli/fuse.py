"""`bioweave fuse`: several trained models annotate as one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bioweave.cli.extras import needs_extra
from bioweave.cli.fusion_folds import folders_by_member
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
    joint: Annotated[
        list[str] | None,
        typer.Option(
            "--joint",
            metavar="MODEL",
            help="Compare a run or bundle with two encoders inside as one more method (again for "
            "more).",
        ),
    ] = None,
    out_of_fold: Annotated[
        list[str] | None,
        typer.Option(
            "--out-of-fold",
            metavar="MEMBER=FOLDER",
            help="Fit stacking on what a member's `cross-validate` left in FOLDER; once for every "
            "member, by its folder's name, and for more corpora again.",
        ),
    ] = None,
    lexicon: Annotated[
        Path | None,
        typer.Option(
            "--lexicon",
            metavar="FILE",
            help="Stacking reads which words are names in a compiled lexicon ('mesh' is MeSH); "
            "they go with the bundle.",
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
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep",
            metavar="FOLDER",
            help="Keep there what members said, so that after an interruption the same call goes "
            "on, and the report, as summary.json.",
            show_default=False,
        ),
    ] = None,
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
    model over the members' opinions of a word and its neighbours, and over a lexicon's).

    Everything is fitted to dev splits, and measured there on documents that it was not fitted to;
    with --out-of-fold stacking is fitted to the training split instead, as taggers found it that
    had not seen it. A member that learned from a split that it is measured on is refused.
    """
    from rich.console import Console

    with needs_extra("train", "fitting a fusion"):
        import sklearn  # noqa: F401  (stacking)

    from bioweave.cli.evaluation_progress import progress_on
    from bioweave.cli.fusion_tables import tables_of
    from bioweave.cli.named_lexicon import named_lexicon
    from bioweave.experiments.fusing import fuse as fuse_members

    with progress_on(Console(file=sys.stderr)) as progress_of:
        report = fuse_members(
            members,
            corpora,
            joint=joint or (),
            out_of_fold=folders_by_member(out_of_fold or ()),
            lexicon=named_lexicon(lexicon),
            method=method.chosen,
            out=out,
            name=name,
            quantised=not fp32,
            with_test=with_test,
            keep=keep,
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
        whose = "" if report["method"] in report["joint"] else f" of {', '.join(report['members'])}"
        typer.echo(f"{out}: {report['method']}{whose}")
