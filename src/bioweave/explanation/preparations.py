"""A document as taggers read it, made once however many of its mentions are explained."""

from __future__ import annotations

from bioweave.annotator.preparation import PreparedDocument, prepare
from bioweave.bundle import Bundle
from bioweave.document import Document


class Preparations:
    """One document's words, windows and features, for each tagger that asks for them."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._made: list[tuple[Bundle, PreparedDocument]] = []

    def of(self, bundle: Bundle) -> PreparedDocument:
        """The document as the bundle reads it; the same for bundles that read alike."""
        for other, prepared in self._made:
            if _read_alike(other, bundle):
                return prepared
        [prepared] = prepare([self._document], bundle)
        self._made.append((bundle, prepared))
        return prepared


def _read_alike(one: Bundle, other: Bundle) -> bool:
    """Whether they differ in nothing but what comes behind the graph, such as its chains."""
    return (
        one.tokenizer is other.tokenizer
        and one.second_tokenizer is other.second_tokenizer
        and one.featurizer is other.featurizer
        and one.manifest.windows == other.manifest.windows
    )
