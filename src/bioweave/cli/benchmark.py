"""`bioweave benchmark`: how fast a bundle is on this machine."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any, Literal

import typer


def benchmark(
    model: Annotated[
        str, typer.Option("--model", metavar="BUNDLE", help="A bundle's folder, or 'default'.")
    ] = "default",
    corpus: Annotated[
        str | None,
        typer.Option(
            "--corpus",
            metavar="NAME|PATH",
            help="The test split of a named corpus, or a file or folder. Default: the examples.",
            show_default=False,
        ),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option("--threads", min=1, help="Default: one a processor.", show_default=False),
    ] = None,
    device: Annotated[
        Literal["auto", "cpu", "cuda"],
        typer.Option(help="Where the model runs; auto is a GPU where there is one to be used."),
    ] = "auto",
    baseline: Annotated[
        bool,
        typer.Option(
            "--baseline",
            help="Also time a transformers pipeline with an encoder of BERT's size, on the "
            "processor. Needs the extra `train`, and a minute.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Measure words and documents a second, milliseconds for a document alone, and memory.

    From text to mentions, loading aside, which has a figure of its own. Words are bioweave's own,
    punctuation counts. Nothing else should run on the machine meanwhile.
    """
    from bioweave.bundle.device import choose_device
    from bioweave.cli.baseline import measure_baseline
    from bioweave.cli.benchmark_documents import benchmark_documents
    from bioweave.cli.speed import measure_speed

    chosen = choose_device(device)
    documents = benchmark_documents(corpus)
    if baseline:
        # First, and it must not run beside the measurement: they would share the processors.
        _say("timing the baseline")
        reference = measure_baseline(documents, model, threads)
    _say("timing the bundle")
    result = measure_speed(documents, model, threads, chosen)
    if baseline:
        result["baseline"] = reference
        result["ratio"] = result["words_per_second"] / reference["words_per_second"]
    if as_json:
        typer.echo(json.dumps(result, indent=2, allow_nan=False))
    else:
        _print_table(result)


def _print_table(result: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    alone = result["milliseconds_per_document"]
    table = Table(title=f"{result['model']}, {_where(result)}", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_row("documents", f"{result['documents']:,}")
    table.add_row("words", f"{result['words']:,}")
    table.add_row("words a second", f"{result['words_per_second']:,.0f}")
    table.add_row("documents a second", f"{result['documents_per_second']:,.1f}")
    table.add_row("a document alone, median", f"{alone['median']:.1f} ms")
    table.add_row("a document alone, 95th percentile", f"{alone['p95']:.1f} ms")
    table.add_row("loading", f"{result['load_seconds']:.2f} s")
    if result["peak_memory_mb"] is not None:
        table.add_row("peak memory", f"{result['peak_memory_mb']:,.0f} MB")
    if "baseline" in result:
        reference = result["baseline"]
        table.add_row(
            f"{reference['name']}, words a second", f"{reference['words_per_second']:,.0f}"
        )
        table.add_row("times as fast", f"{result['ratio']:.1f}")
    Console().print(table)


def _where(result: dict[str, Any]) -> str:
    return f"{result['threads']} threads" if result["device"] == "cpu" else "a GPU"


def _say(message: str) -> None:
    print(message, file=sys.stderr)
