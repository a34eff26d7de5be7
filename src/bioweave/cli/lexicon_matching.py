"""A lexicon's names as the mentions of a document."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Literal

from bioweave.document import Concept, Document, Mention
from bioweave.errors import ConfigurationError
from bioweave.lexicon import LexiconMatch, Matcher

_MOST_CONCEPTS = 10  # of one mention; a name that more concepts share says little


class LexiconAnnotator:
    """Puts names that a matcher finds in the place of a document's mentions.

    Raises ConfigurationError for a label that no concept of the lexicon has.
    """

    def __init__(
        self,
        matcher: Matcher,
        *,
        labels: Collection[str] | None = None,
        overlaps: Literal["longest", "all"] = "longest",
    ) -> None:
        unknown = sorted(set(labels or ()) - set(matcher.labels))
        if unknown:
            raise ConfigurationError(
                f"{matcher.lexicon.path} has no names with the label {', '.join(unknown)}; "
                f"it has {', '.join(matcher.labels)}"
            )
        self._matcher = matcher
        self._labels = labels
        self._overlaps: Literal["longest", "all"] = overlaps

    def __call__(self, document: Document) -> Document:
        """The document with its names as mentions; relations, whose ends are gone, are left out."""
        found = self._matcher.find(document.text, self._labels, self._overlaps)
        mentions = tuple(self._mention(document.text, match) for match in found)
        return Document(
            document.id,
            document.text,
            mentions,
            passages=document.passages,
            metadata=document.metadata,
        )

    def pipe(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents with their names, in order."""
        return map(self, documents)

    def _mention(self, text: str, match: LexiconMatch) -> Mention:
        lexicon = self._matcher.lexicon
        concepts = self._matcher.concepts(match)[:_MOST_CONCEPTS].tolist()
        return Mention(
            match.start,
            match.end,
            text[match.start : match.end],
            match.label,
            concepts=tuple(
                Concept(lexicon.concept_id(index), lexicon.concept_name(index))
                for index in concepts
            ),
        )
