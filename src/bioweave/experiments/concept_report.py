"""How well concepts are found: what `evaluate --link` adds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from bioweave.document import Document
from bioweave.experiments.measurement import Measurement
from bioweave.lexicon import Lexicon, SourceInfo
from bioweave.scoring import Accuracy, score_document_concepts, score_links


class LinkingModel(Protocol):
    """Anything that gives mentions concepts."""

    @property
    def labels(self) -> Sequence[str]:
        """Those whose mentions it links."""

    @property
    def lexicon(self) -> Lexicon | None:
        """The names it knows besides those it learned."""

    def canonical(self, id_: str) -> str:
        """One id for all that say the same concept."""

    def linked(self, document: Document, *, always: bool = False) -> Document:
        """The document with its mentions' concepts; `always` gives the likeliest to each."""


def concept_report(measured: Measurement, linker: LinkingModel) -> dict[str, Any]:
    """Accuracy on gold mentions, and the scores of documents' concepts end to end.

    A gold mention gets its likeliest concept, as in published figures (accuracy at 1); end to end,
    where none is likelier, it gets none.

    Only labels whose mentions the corpus gives concepts are scored; the others of the linker's are
    listed under "not_scored". "lexicon" names the sources of the lexicon that was used.
    """
    annotated = {
        mention.label
        for document in measured.gold
        for mention in document.mentions
        if mention.concepts
    }
    wanted = [label for label in measured.labels if label in linker.labels]
    labels = [label for label in wanted if label in annotated]
    linked = [linker.linked(document, always=True) for document in measured.gold]
    accuracy = score_links(measured.gold, linked, labels, linker.canonical)
    documents = score_document_concepts(measured.gold, measured.predicted, labels, linker.canonical)
    return {
        "gold_mentions": {
            **_accuracy_json(accuracy.overall),
            "labels": {label: _accuracy_json(one) for label, one in accuracy.by_label.items()},
        },
        "documents": {
            **documents.overall._asdict(),
            "labels": {label: score._asdict() for label, score in documents.by_label.items()},
        },
        "lexicon": [_source(one) for one in linker.lexicon.sources] if linker.lexicon else [],
        "not_scored": [label for label in wanted if label not in annotated],
    }


def _source(source: SourceInfo) -> str:
    return " ".join(filter(None, (source.name, source.version)))


def _accuracy_json(accuracy: Accuracy) -> dict[str, Any]:
    return {"accuracy": accuracy.accuracy, "support": accuracy.support}
