"""`bioweave annotate`: documents in, the same documents with their mentions out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from bioweave.cli.status import BAD_INPUT, DONE_IN_PART


def annotate(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH",
            help="Files, folders, or - for standard input (also what is read without any PATH).",
            show_default=False,
        ),
    ] = None,
    from_: Annotated[
        str, typer.Option("--from", metavar="FORMAT", help="How to read PATH.")
    ] = "auto",
    to: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help="How to write. Default: by OUT's suffix; else jsonl, or terminal on a terminal.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="One file if it has a format's suffix, otherwise a folder of shards.",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        str, typer.Option(metavar="BUNDLE", help="A bundle's folder, or 'default'.")
    ] = "default",
    labels: Annotated[
        str | None,
        typer.Option(metavar="LABEL,...", help="Only these labels.", show_default="all"),
    ] = None,
    mode: Annotated[
        Literal["precision", "balanced", "recall"],
        typer.Option(help="Fewer and surer mentions, or more of them."),
    ] = "balanced",
    link: Annotated[
        bool, typer.Option("--link", help="Say which concepts mentions stand for.")
    ] = False,
    lexicon: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A compiled lexicon, or 'mesh': its names speak for mentions, and with --link "
            "mentions are linked to it as well.",
            show_default=False,
        ),
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Rules in TOML on top of the package's own, which `bioweave rules` shows.",
            show_default=False,
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many processes annotate.")
    ] = 1,
    device: Annotated[Literal["cpu", "cuda"], typer.Option(help="Where the model runs.")] = "cpu",
    shard_size: Annotated[
        int, typer.Option(min=1, metavar="N", help="Documents in each shard of a folder OUT.")
    ] = 10_000,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Report the run as JSON: to standard output if there is -o, else to stderr.",
        ),
    ] = False,
) -> None:
    """Find mentions in documents.

    FORMAT is one of text, jsonl, bioc-xml, bioc-json, pubtator, brat, conll, pubmed-xml, csv,
    parquet; for writing also html and terminal. Documents stream through in order. Those that
    fail are listed at the end, the others go on, and the exit status is 1.
    """
    import json
    import sys

    from rich.console import Console

    from bioweave.cli.annotation import run_annotation
    from bioweave.cli.named_lexicon import named_lexicon
    from bioweave.cli.outputs import TERMINAL, choose_format, open_output
    from bioweave.cli.progress import AnnotationProgress
    from bioweave.cli.sources import find_sources, refuse_overwriting
    from bioweave.cli.workers import AnnotatorSettings, threads_per_worker

    lexicon = named_lexicon(lexicon)
    sources = find_sources(paths or _piped_in(), from_)
    refuse_overwriting((source.path for source in sources), out)
    format = choose_format(to, out)
    settings = AnnotatorSettings(
        model=model,
        labels=_split(labels),
        mode=mode,
        n_threads=threads_per_worker(workers),
        device=device,
        link=link,
        lexicon=lexicon,
        rules=rules,
    )
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with AnnotationProgress(console, len(sources), is_quiet=format == TERMINAL) as progress:
        report = run_annotation(
            sources,
            settings,
            lambda: open_output(out, format, shard_size),
            n_workers=workers,
            progress=progress,
        )
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False), err=out is None)
    for loss in report.losses:
        print(f"note: {loss}", file=sys.stderr)
    for failure in report.failures:
        print(f"failed: {failure}", file=sys.stderr)
    print(report.summary, file=sys.stderr)
    if report.is_interrupted:
        raise KeyboardInterrupt
    if report.failures:
        raise typer.Exit(DONE_IN_PART if report.n_documents else BAD_INPUT)


def _piped_in() -> list[str]:
    import sys

    if sys.stdin.isatty():
        raise typer.BadParameter("give a file, a folder, or - with a text piped in")
    return ["-"]


def _split(labels: str | None) -> tuple[str, ...] | None:
    if labels is None:
        return None
    return tuple(label.strip() for label in labels.split(",") if label.strip())
