"""One conversion: sources in, an output and a report out, whatever single documents do."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from bioweave.cli.annotation import AnnotationReport
from bioweave.cli.outputs import Output
from bioweave.cli.progress import AnnotationProgress
from bioweave.cli.sources import DocumentSource
from bioweave.document import Document
from bioweave.errors import InputError
from bioweave.formats import Failure, open_writer
from bioweave.graph import GRAPH_FORMATS, GraphWriter


def run_conversion(
    sources: Sequence[DocumentSource],
    target: Path | None,
    format: str,
    progress: AnnotationProgress,
) -> AnnotationReport:
    """Write everything that `sources` hold, in their order; to standard output if no `target`.

    The output is opened once there is a document for it, so that a run in which nothing succeeds
    replaces no file. Ctrl-C ends the run early: the output is completed and the report says
    so. Raises FormatError and OSError where the output cannot be written at all.
    """
    report = AnnotationReport()
    writer: Output | None = None
    try:
        for source in sources:
            for document in source.documents(report.failures.append):
                writer = writer or _open(target, format)
                _write(document, str(source), writer, report)
                progress.add(len(document.mentions))
            progress.finish_source()
        if not report.failures:
            writer = writer or _open(target, format)
    except KeyboardInterrupt:
        report.is_interrupted = True
    finally:
        if writer is not None:
            report.losses = writer.losses
            writer.close()
    report.seconds = progress.seconds
    return report


def _open(target: Path | None, format: str) -> Output:
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
    if format in GRAPH_FORMATS:
        return GraphWriter(sys.stdout.buffer if target is None else target, format)
    if target is None:
        return open_writer(sys.stdout.buffer, format)
    return open_writer(target, format)


def _write(document: Document, source: str, writer: Output, report: AnnotationReport) -> None:
    try:
        writer.write(document)
    except InputError as error:
        report.failures.append(Failure(source, None, document.id, error.message))
    else:
        report.add(document)
