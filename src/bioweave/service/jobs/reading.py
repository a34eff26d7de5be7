"""A job's upload, bit by bit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from bioweave.document import Document
from bioweave.formats import Failure, read_documents
from bioweave.service.documents import Failed
from bioweave.service.media_types import FORMAT_OF, NDJSON

# Between two notes of how far a job is: what a kill makes it do again.
_DOCUMENTS_IN_STEP = 200
_CHARACTERS_IN_STEP = 400_000

Item = Document | Failed


def steps_of(upload: Path, media_type: str, *, skipped: int) -> Iterator[list[Item]]:
    """The upload's documents in groups and, in their places, what could not be read.

    The first `skipped` are left out. A group has one item at least.
    """
    step: list[Item] = []
    n_characters = 0
    for item in islice(_items(upload, media_type), skipped, None):
        step.append(item)
        n_characters += len(item.text) if isinstance(item, Document) else 0
        if len(step) == _DOCUMENTS_IN_STEP or n_characters >= _CHARACTERS_IN_STEP:
            yield step
            step, n_characters = [], 0
    if step:
        yield step


def _items(upload: Path, media_type: str) -> Iterator[Item]:
    failures: list[Failure] = []
    format = "jsonl" if media_type == NDJSON else FORMAT_OF[media_type]
    with upload.open("rb") as file:
        for document in read_documents(file, format, on_failure=failures.append):
            yield from _taken(failures)
            yield document
        yield from _taken(failures)


def _taken(failures: list[Failure]) -> Iterator[Failed]:
    while failures:
        one = failures.pop(0)
        where = "" if one.line is None else f"line {one.line}: "
        yield Failed(one.document, where + one.reason)
