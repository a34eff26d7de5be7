"""Text -> mentions -> concepts -> relations, in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bioweave.annotator.annotator import Annotator
from bioweave.annotator.inference import Annotation
from bioweave.document import Document
from bioweave.relating import Relater
from bioweave.relating.tally import RelatingTally


class RelatingAnnotator:
    """An annotator that also says which relations hold between the mentions that it found.

    Relations between concepts need an annotator with a linker; what lacks a concept, the relater's
    tally counts.
    """

    def __init__(self, annotator: Annotator, relater: Relater) -> None:
        self.annotator = annotator
        self.relater = relater

    @property
    def tally(self) -> RelatingTally:
        """What its relater has counted so far. What is put there is counted on from."""
        return self.relater.tally

    @tally.setter
    def tally(self, tally: RelatingTally) -> None:
        self.relater.tally = tally

    def __call__(self, document: str | Document) -> Document:
        """The document with its mentions, each with an id, and its relations."""
        return self.relater(self.annotator(document))

    def pipe(self, documents: Iterable[str | Document]) -> Iterator[Document]:
        """The same for each document, in order, read as they are needed."""
        return self.relater.pipe(self.annotator.pipe(documents))

    def observe(self, documents: Iterable[str | Document]) -> Iterator[tuple[Document, Annotation]]:
        """As `pipe`, with what the tagger of mentions read and said."""
        for document, annotation in self.annotator.observe(documents):
            yield self.relater(document), annotation
