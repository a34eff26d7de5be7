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
    relations: Annotated[
        bool,
        typer.Option(
            "--relations",
            help="Say which relations hold between mentions, and link these where relations are "
            "between concepts.",
        ),
    ] = False,
    relation_model: Annotated[
        str | None,
        typer.Option(
            "--relation-model",
            metavar="BUNDLE",
            help="With --relations: the folder of a bundle that finds them, or 'default'.",
            show_default="default",
        ),
    ] = None,
    lexicon: options.SpeakingLexicon = None,
    rules: options.Rules = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="How many processes annotate. Default: 1; with --engine one for each processor.",
            show_default=False,
        ),
    ] = None,
    device: Annotated[
        Literal["auto", "cpu", "cuda"],
        typer.Option(help="Where the model runs; auto is a GPU where there is one to be used."),
    ] = "auto",
    shard_size: Annotated[
        int, typer.Option(min=1, metavar="N", help="Documents in each shard of a folder OUT.")
    ] = 10_000,
    engine: Annotated[
        Literal["local", "ray"] | None,
        typer.Option(
            help="A large run into a folder OUT, which goes on where it was interrupted: in "
            "processes of this machine, or on a Ray cluster.",
            show_default=False,
        ),
    ] = None,
    max_failures: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="End a large run early when more documents than this have failed.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Remove another large run that OUT holds.")
    ] = False,
    as_json: options.ReportAsJson = False,
) -> None:
    """Find mentions in documents, and with --relations what joins them.

    FORMAT is one of text, jsonl, bioc-xml, bioc-json, pubtator, brat, conll, pubmed-xml, csv,
    parquet; for writing also html and terminal, and graphml, turtle, edges (Parquet) and biocypher
    (a folder of CSV), a graph of all relations. Documents stream through in order. Those that
    fail are listed at the end, the others go on, and the exit status is 1.

    With `--engine`, PATH may also be a pattern or a URL (`s3://...`), OUT is a folder, FORMAT for
    writing parquet or jsonl, and of documents with one id the last stands.
    """
    from bioweave.bundle import find_bundle, read_manifest
    from bioweave.bundle.device import AUTO, choose_device
    from bioweave.cli.document_run import finish, run_on_documents
    from bioweave.cli.named_lexicon import named_lexicon
    from bioweave.cli.rule_labels import warn_of_unknown_labels
    from bioweave.cli.workers import annotate_all, threads_per_worker
    from bioweave.cluster import AnnotatorSettings
    from bioweave.relating.tally import RelatingTally

    if engine is None and (force or max_failures is not None):
        raise typer.BadParameter("--force and --max-failures are for large runs: give --engine")
    if relation_model is not None and not relations:
        raise typer.BadParameter("--relation-model says what finds relations: give --relations")
    lexicon = named_lexicon(lexicon)
    if rules is not None:
        warn_of_unknown_labels(rules, read_manifest(find_bundle(model)).labels)
    settings = AnnotatorSettings(
        model=model,
        labels=options.split_labels(labels),
        mode=mode,
        n_threads=threads_per_worker(workers or 1) if engine is None else 1,
        # Whether there is one where workers run elsewhere, on a cluster, is found out there.
        device=choose_device(device) if device == AUTO else device,
        link=link,
        lexicon=lexicon,
        rules=rules,
        relations=(relation_model or "default") if relations else None,
    )
    if engine is not None:
        from bioweave.cli.large_run import LargeRun

        LargeRun(engine, workers, shard_size, max_failures, force).run(
            paths or [], from_, to, out, settings, as_json=as_json
        )
        return
    tally = RelatingTally()
    report = run_on_documents(
        paths or _piped_in(),
        from_,
        to,
        out,
        lambda documents: annotate_all(documents, settings, workers or 1, tally),
        shard_size=shard_size,
    )
    if link:
        from bioweave.cli.linkable import Linkable

        Linkable.of(model, lexicon).add_to(report)
    report.warnings += tuple(tally.warnings())
    finish(report, out, as_json=as_json)


def _piped_in() -> list[str]:
    import sys

    if sys.stdin.isatty():
        raise typer.BadParameter("give a file, a folder, or - with a text piped in")
    return ["-"]
