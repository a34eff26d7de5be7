"""`bioweave annotate`: documents in, the same documents with their mentions out."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from bioweave.cli import options


def annotate(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH",
            help="Files, folders, or - for standard input (also what is read without any PATH).",
            show_default=False,
        ),
    ] = None,
    from_: options.From = "auto",
    to: options.To = None,
    out: options.DocumentsOut = None,
    model: options.Bundle = "default",
    labels: options.Labels = None,
    mode: options.Mode = "balanced",
    link: Annotated[
        bool, typer.Option("--link", help="Say which concepts mentions stand for.")
    ] = False,
    lexicon: options.SpeakingLexicon = None,
    rules: options.Rules = None,
    workers: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many processes annotate.")
    ] = 1,
    device: Annotated[Literal["cpu", "cuda"], typer.Option(help="Where the model runs.")] = "cpu",
    shard_size: Annotated[
        int, typer.Option(min=1, metavar="N", help="Documents in each shard of a folder OUT.")
    ] = 10_000,
    as_json: options.ReportAsJson = False,
) -> None:
    """Find mentions in documents.

    FORMAT is one of text, jsonl, bioc-xml, bioc-json, pubtator, brat, conll, pubmed-xml, csv,
    parquet; for writing also html and terminal. Documents stream through in order. Those that
    fail are listed at the end, the others go on, and the exit status is 1.
    """
    from bioweave.bundle import find_bundle, read_manifest
    from bioweave.cli.document_run import finish, run_on_documents
    from bioweave.cli.named_lexicon import named_lexicon
    from bioweave.cli.rule_labels import warn_of_unknown_labels
    from bioweave.cli.workers import AnnotatorSettings, annotate_all, threads_per_worker

    lexicon = named_lexicon(lexicon)
    if rules is not None:
        warn_of_unknown_labels(rules, read_manifest(find_bundle(model)).labels)
    settings = AnnotatorSettings(
        model=model,
        labels=options.split_labels(labels),
        mode=mode,
        n_threads=threads_per_worker(workers),
        device=device,
        link=link,
        lexicon=lexicon,
        rules=rules,
    )
    report = run_on_documents(
        paths or _piped_in(),
        from_,
        to,
        out,
        lambda documents: annotate_all(documents, settings, workers),
        shard_size=shard_size,
    )
    if link:
        from bioweave.cli.linkable import Linkable

        Linkable.of(model, lexicon).add_to(report)
    finish(report, out, as_json=as_json)


def _piped_in() -> list[str]:
    import sys

    if sys.stdin.isatty():
        raise typer.BadParameter("give a file, a folder, or - with a text piped in")
    return ["-"]
