"""One conversion: sources in, an output and a report out, whatever single documents do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bioweave.cli.annotation import AnnotationReport
from bioweave.cli.outputs import Output, open_one
from bioweave.cli.progress import AnnotationProgress
from bioweave.cli.sources import DocumentSource
from bioweave.document import Document
from bioweave.errors import InputError
from bioweave.formats import Failure


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
                writer = writer or open_one(target, format)
                _write(document, str(source), writer, report)
                progress.add(len(document.mentions))
            progress.finish_source()
        if not report.failures:
            writer = writer or open_one(target, format)
    except KeyboardInterrupt:
        report.is_interrupted = True
    finally:
        if writer is not None:
            report.losses = writer.losses
            writer.close()
    report.seconds = progress.seconds
    return report


def _write(document: Document, source: str, writer: Output, report: AnnotationReport) -> None:
    try:
        writer.write(document)
    except InputError as error:
        report.failures.append(Failure(source, None, document.id, error.message))
    else:
        report.add(document)
