"""What `bioweave link` does with documents and with names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from bioweave.cli.annotation import AnnotationReport
from bioweave.cli.document_run import run_on_documents
from bioweave.cli.document_stream import annotate_stream
from bioweave.document import Document
from bioweave.errors import ConfigurationError
from bioweave.linking import Linker


class _Stream:
    """A linker in the place of an annotator."""

    def __init__(self, linker: Linker) -> None:
        self._linker = linker

    def __call__(self, document: Document) -> Document:
        return self._linker(document)

    def pipe(self, documents: Iterable[Document]) -> Iterator[Document]:
        return map(self._linker, documents)


def link_documents(
    linker: Linker, paths: Sequence[str], from_: str, to: str | None, out: Path | None
) -> AnnotationReport:
    """Link the mentions of documents, and write them."""
    stage = _Stream(linker)
    return run_on_documents(
        paths, from_, to, out, lambda documents: annotate_stream(documents, stage)
    )


def answers_to(
    linker: Linker, names: Sequence[str], label: str | None, *, n: int
) -> list[dict[str, Any]]:
    """For each name and label the likeliest answers, best first; no concept is an answer, too.

    Raises ConfigurationError for a label that is never linked.
    """
    if label is not None and label not in linker.labels:
        raise ConfigurationError(
            f"{label} is not linked by this bundle; it links {', '.join(linker.labels)}"
        )
    return [
        {
            "name": name,
            "label": one,
            "answers": [
                {
                    "concepts": [
                        {"id": concept.id, "name": concept.name}
                        for concept in linker.concepts(answer, one)
                    ],
                    "score": round(answer.score, 4),
                }
                for answer in linker.rank(name, one)[:n]
            ],
        }
        for name in names
        for one in ([label] if label else linker.labels)
    ]


def answers_table(answers: Sequence[dict[str, Any]]) -> Table:
    """The answers for people."""
    table = Table("name", "label", "score", "concept", "called")
    for answer in answers:
        shown = (answer["name"], answer["label"])
        for one in answer["answers"]:
            ids = " + ".join(concept["id"] for concept in one["concepts"]) or "none fits"
            called = " + ".join(concept["name"] or "" for concept in one["concepts"])
            table.add_row(*shown, f"{one['score']:.3f}", ids, called)
            shown = ("", "")
        table.add_section()
    return table
