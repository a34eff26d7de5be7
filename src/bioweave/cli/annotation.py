"""One annotation run: sources in, an output and a report out, whatever single documents do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bioweave.cli.document_stream import Outcome, SourcedDocument
from bioweave.cli.outputs import Output
from bioweave.cli.progress import AnnotationProgress, counted
from bioweave.cli.sources import DocumentSource
from bioweave.document import Document
from bioweave.errors import InputError
from bioweave.formats import Failure, Loss


@dataclass(slots=True)
class AnnotationReport:
    """What a run did: counts of what was written, and who was left behind."""

    n_documents: int = 0
    n_mentions: Counter[str] = field(default_factory=Counter)
    n_characters: int = 0
    failures: list[Failure] = field(default_factory=list)
    losses: tuple[Loss, ...] = ()
    n_with_concepts: Counter[str] = field(default_factory=Counter)
    not_linked: dict[str, int] | None = None  # by label; None where nothing was to be linked
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    is_interrupted: bool = False

    def add(self, document: Document) -> None:
        """Count a document that was written."""
        self.n_documents += 1
        self.n_mentions.update(mention.label for mention in document.mentions)
        self.n_with_concepts.update(
            mention.label for mention in document.mentions if mention.concepts
        )
        self.n_characters += len(document.text)

    @property
    def summary(self) -> str:
        """One line for a person."""
        counts = [f"{label} {n}" for label, n in sorted(self.n_mentions.items())]
        mentions = counted(self.n_mentions.total(), "mention") + (
            f" ({', '.join(counts)})" if counts else ""
        )
        failed = f"; {len(self.failures)} failed" if self.failures else ""
        return f"{counted(self.n_documents, 'document')}, {mentions}, {self.seconds:.1f} s{failed}"

    def as_json(self) -> dict[str, Any]:
        """The report as `--json` prints it."""
        return {
            "documents": self.n_documents,
            "mentions": self.n_mentions.total(),
            "labels": dict(sorted(self.n_mentions.items())),
            "characters": self.n_characters,
            "failed": [
                {
                    "source": failure.source,
                    "line": failure.line,
                    "id": failure.document,
                    "reason": failure.reason,
                }
                for failure in self.failures
            ],
            "losses": [
                {"format": loss.format, "part": str(loss.part), "documents": loss.n_documents}
                for loss in self.losses
            ],
            **({} if self.not_linked is None else {"not_linked": self.not_linked}),
            "interrupted": self.is_interrupted,
            "seconds": self.seconds,
        }


def run_stage(
    sources: Sequence[DocumentSource],
    stage: Callable[[Iterable[SourcedDocument]], Iterator[Outcome]],
    open_output: Callable[[], Output],
    *,
    progress: AnnotationProgress,
) -> AnnotationReport:
    """Send everything that `sources` hold through a stage and write it in their order.

    The output is opened once there is a document for it, so that a run in which nothing succeeds
    replaces no file. Ctrl-C ends the run early: the output is completed and the report says
    so. Raises what the stage raises, and FormatError where the output cannot be written at all.
    """
    report = AnnotationReport()
    output: Output | None = None
    outcomes = stage(_read(sources, report.failures.append, progress))
    try:
        for outcome in outcomes:
            if isinstance(outcome, Failure):
                report.failures.append(outcome)
                continue
            output = output or open_output()
            _write(outcome, output, report)
            progress.add(len(outcome.document.mentions))
        if output is None and not report.failures:
            output = open_output()
    except KeyboardInterrupt:
        report.is_interrupted = True
    finally:
        if output is not None:
            report.losses = output.losses
            output.close()
    report.seconds = progress.seconds
    return report


def _read(
    sources: Sequence[DocumentSource],
    on_failure: Callable[[Failure], None],
    progress: AnnotationProgress,
) -> Iterator[SourcedDocument]:
    for source in sources:
        for document in source.documents(on_failure):
            yield SourcedDocument(str(source), document)
        progress.finish_source()


def _write(item: SourcedDocument, output: Output, report: AnnotationReport) -> None:
    try:
        output.write(item.document)
    except InputError as error:
        if isinstance(error.__cause__, OSError):
            # A full disk or a closed pipe: no other document will fare better.
            raise
        report.failures.append(Failure(item.source, None, item.document.id, error.message))
    else:
        report.add(item.document)
