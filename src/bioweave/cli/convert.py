"""`bioweave convert`: documents from one format into another, no model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bioweave.cli.status import BAD_INPUT, DONE_IN_PART


def convert(
    path: Annotated[
        str, typer.Argument(metavar="IN", help="A file, a folder, or - for standard input.")
    ],
    out: Annotated[
        str,
        typer.Argument(
            metavar="OUT",
            help="A file, or - for standard output; brat and text may be a folder.",
        ),
    ],
    from_: Annotated[
        str, typer.Option("--from", metavar="FORMAT", help="How to read IN.")
    ] = "auto",
    to: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT", help="How to write OUT. Default: by its suffix.", show_default=False
        ),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Report the run as JSON: to standard output, or to stderr if OUT is -."
        ),
    ] = False,
) -> None:
    """Convert documents between formats.

    FORMAT is one of text, jsonl, bioc-xml, bioc-json, pubtator, brat, conll, pubmed-xml, csv,
    parquet; for writing also html, and graphml, turtle, edges (Parquet) and biocypher (a folder of
    CSV), a graph of all relations. What a format cannot hold is told once for each kind. Documents
    that fail are listed at the end, the others go on, and the exit status is 1.
    """
    import json
    import sys

    from rich.console import Console

    from bioweave.cli.conversion import run_conversion
    from bioweave.cli.progress import AnnotationProgress
    from bioweave.cli.sources import find_sources

    sources = find_sources([path], from_)
    target = None if out == "-" else Path(out)
    format = _output_format(target, to)
    if target is not None and any(_is_same_file(source.path, target) for source in sources):
        raise typer.BadParameter(f"{out} is also read from; write somewhere else")
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with AnnotationProgress(console, len(sources)) as progress:
        report = run_conversion(sources, target, format, progress)
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False), err=target is None)
    for loss in report.losses:
        print(f"note: {loss}", file=sys.stderr)
    for failure in report.failures:
        print(f"failed: {failure}", file=sys.stderr)
    print(report.summary, file=sys.stderr)
    if report.is_interrupted:
        raise KeyboardInterrupt
    if report.failures:
        raise typer.Exit(DONE_IN_PART if report.n_documents else BAD_INPUT)


def _output_format(target: Path | None, to: str | None) -> str:
    from bioweave.cli.outputs import file_format
    from bioweave.errors import ConfigurationError
    from bioweave.formats import FORMATS
    from bioweave.graph import GRAPH_FORMATS

    known = (*FORMATS, *GRAPH_FORMATS)
    format = to or (None if target is None else file_format(target))
    if format is None or format not in known:
        found = f"unknown format {to!r}" if to else f"{target or '-'} does not tell the format"
        raise ConfigurationError(f"{found}; give --to with one of {', '.join(known)}")
    return format


def _is_same_file(source: Path | None, target: Path) -> bool:
    return source is not None and target.exists() and source.samefile(target)
