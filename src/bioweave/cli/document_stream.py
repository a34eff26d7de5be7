"""A stream of documents through one annotator, in which a document may fail by itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from bioweave.document import Document
from bioweave.errors import InputError
from bioweave.formats import Failure


@dataclass(frozen=True, slots=True)
class SourcedDocument:
    """A document and the name of the file it came from."""

    source: str
    document: Document


Outcome = SourcedDocument | Failure


class StreamAnnotator(Protocol):
    """What of an annotator is needed here."""

    def __call__(self, document: Document) -> Document:
        """The document with its mentions."""

    def pipe(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents with their mentions, in order, read as they are needed."""


def annotate_stream(
    items: Iterable[SourcedDocument], annotator: StreamAnnotator
) -> Iterator[Outcome]:
    """Each document with its mentions, or why it failed, in order.

    When the annotator breaks off, the documents that it had under way are annotated one by one,
    which finds the one to blame, and the stream goes on behind them. What `items` raises is
    raised.
    """
    stream = _HandedOver(items)
    while not stream.is_over:
        try:
            for document in annotator.pipe(stream):
                yield SourcedDocument(stream.under_way.popleft().source, document)
        except Exception:
            if stream.is_broken:
                raise
            while stream.under_way:
                yield _annotate_alone(stream.under_way.popleft(), annotator)


class _HandedOver:
    """The documents of a stream, and which of them have been taken but not come back."""

    def __init__(self, items: Iterable[SourcedDocument]) -> None:
        self.under_way: deque[SourcedDocument] = deque()
        self.is_over = False
        self.is_broken = False
        self._items = iter(items)

    def __iter__(self) -> Iterator[Document]:
        while True:
            self.is_broken = True
            item = next(self._items, None)
            self.is_broken = False
            if item is None:
                self.is_over = True
                return
            self.under_way.append(item)
            yield item.document


def _annotate_alone(item: SourcedDocument, annotator: StreamAnnotator) -> Outcome:
    try:
        return SourcedDocument(item.source, annotator(item.document))
    except InputError as error:
        reason = error.message
    except Exception as error:
        # A defect of ours; a long run must outlive it, and its end tells of it.
        reason = f"{type(error).__name__}: {error}"
    return Failure(item.source, None, item.document.id, reason)
