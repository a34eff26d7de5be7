"""`bioweave relate`: the relations between mentions that are there already."""

from __future__ import annotations

from typing import Annotated

import typer

from bioweave.cli import options


def relate(
    model: Annotated[
        str,
        typer.Option(
            "--model",
            metavar="BUNDLE",
            help="The folder of a bundle that finds relations, or 'default'.",
        ),
    ] = "default",
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH...]",
            help="Documents with mentions: files, folders, or - for standard input.",
            show_default="-",
        ),
    ] = None,
    from_: options.From = "auto",
    to: options.To = None,
    out: options.DocumentsOut = None,
    as_json: options.ReportAsJson = False,
) -> None:
    """Say which relations hold between the mentions, or the concepts, of documents.

    Mentions stay as they are, whoever found them, but for an id, which those get that have none.
    Relations of the labels that the bundle finds are replaced, others stay. What could not be read
    as it stands is counted, and told at the end.
    """
    from bioweave.annotator.processors import available_processors
    from bioweave.bundle.relations import RelationBundle
    from bioweave.cli.document_run import finish, run_on_documents
    from bioweave.cli.document_stream import annotate_stream

    relater = RelationBundle.load(model).relater(n_threads=available_processors())
    report = run_on_documents(
        paths or ["-"], from_, to, out, lambda documents: annotate_stream(documents, relater)
    )
    report.warnings += tuple(relater.tally.warnings())
    finish(report, out, as_json=as_json)
