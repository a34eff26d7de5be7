"""What commands that send documents through something have in common: files in, a file out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import typer
from rich.console import Console

from bioweave.cli.annotation import AnnotationReport, run_stage
from bioweave.cli.document_stream import Outcome, SourcedDocument
from bioweave.cli.outputs import TERMINAL, check_output, choose_format, open_output
from bioweave.cli.progress import AnnotationProgress
from bioweave.cli.sources import find_sources, refuse_overwriting
from bioweave.cli.status import BAD_INPUT, DONE_IN_PART

SHARD_SIZE = 10_000  # documents

Stage = Callable[[Iterable[SourcedDocument]], Iterator[Outcome]]


def run_on_documents(
    paths: Sequence[str],
    from_: str,
    to: str | None,
    out: Path | None,
    stage: Stage,
    *,
    shard_size: int = SHARD_SIZE,
    also_read: Iterable[Path] = (),
) -> AnnotationReport:
    """Send the documents of files through a stage and write them, with signs of progress.

    Nothing is written over what is read, `also_read` included. Raises what is wrong with files and
    formats before the stage begins, and then what `run_stage` raises.
    """
    format = choose_format(to, out)
    sources = find_sources(paths, from_)
    refuse_overwriting((*also_read, *(source.path for source in sources)), out)
    check_output(out)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with AnnotationProgress(console, len(sources), is_quiet=format == TERMINAL) as progress:
        return run_stage(
            sources, stage, lambda: open_output(out, format, shard_size), progress=progress
        )


def finish(report: AnnotationReport, out: Path | None, *, as_json: bool) -> None:
    """Say how a run went, and exit as its documents deserve."""
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False), err=out is None)
    for loss in report.losses:
        print(f"note: {loss}", file=sys.stderr)
    for warning in report.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    for failure in report.failures:
        print(f"failed: {failure}", file=sys.stderr)
    print(report.summary, file=sys.stderr)
    if report.is_interrupted:
        raise KeyboardInterrupt
    if report.failures:
        raise typer.Exit(DONE_IN_PART if report.n_documents else BAD_INPUT)
