"""`bioweave report`: models side by side, in tables and pictures."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from bioweave.cli.extras import needs_extra


def report(
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL...",
            help="Folders of bundles and runs, 'default', the scores of an earlier report; or "
            "summaries (.json) of fuse, ablate, cross-validate, tune and explain --check, for "
            "pages of studies.",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="FOLDER",
            help="Write report.md, report.html, the pictures and scores/ into this folder.",
            show_default=False,
        ),
    ],
    corpora: Annotated[
        list[str] | None,
        typer.Option(
            "--corpus",
            metavar="NAME",
            help="Measure on this corpus (again for more); by default those learned from.",
            show_default=False,
        ),
    ] = None,
    split: Annotated[
        Literal["dev", "test"],
        typer.Option("--split", help="dev alone, or the test split beside it."),
    ] = "dev",
    best: Annotated[
        bool, typer.Option("--best", help="Say by dev which model to deploy, and why.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Put models side by side: words by class, mentions with intervals, curves, confusions.

    Scores are kept in FOLDER/scores and a model is not measured again while its weights and the
    corpus are what they were. From such a folder alone the report can be made anew, without the
    models. A model that learned from dev is no candidate for --best.

    Of summaries, which fuse --json and the others' --brief print, it writes the studies' pages
    instead, without any model: fusion.md (a summary for each seed), ablation.md, augmentation.md
    (one of ablate for each size of a corpus), cross-validation.md, tuning.md, explanations.md.
    """
    if all(one.endswith(".json") for one in models):
        from bioweave.experiments.studies import write_study_pages

        for page in write_study_pages([Path(one) for one in models], out):
            typer.echo(page)
        return
    from rich.console import Console

    from bioweave.cli.evaluation_progress import progress_on
    from bioweave.experiments.reporting import make_report, printable

    with (
        needs_extra("train", "reporting on a run"),
        progress_on(Console(file=sys.stderr)) as progress_of,
    ):
        made = make_report(
            models,
            out,
            corpora=corpora or (),
            with_test=split == "test",
            with_best=best,
            progress=progress_of,
        )
    for one in made["skipped"]:
        place = f"{one['model']} on {one['corpus']} {one['split']}"
        print(f"warning: {place}: {one['reason']}", file=sys.stderr)
    if as_json:
        typer.echo(json.dumps(printable(made), indent=2, ensure_ascii=False, allow_nan=False))
        return
    typer.echo(f"{out / 'report.html'}: {', '.join(made['models'])}")
    if best:
        typer.echo(made["best"]["why"])
        for name, reason in made["best"]["excluded"].items():
            typer.echo(f"no candidate: {name} {reason}")
        if made["best"]["path"] is not None:
            typer.echo(made["best"]["path"])
