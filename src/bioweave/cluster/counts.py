"""What a shard, or a run, amounts to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bioweave.document import Document


@dataclass(slots=True)
class Counts:
    """Figures that are added up; of mentions, those with concepts and relations by label.

    `n_failed` are documents that could not be read, annotated or written, `n_conflicts` those that
    are left out since a later one has their id.
    """

    n_documents: int = 0
    n_sentences: int = 0
    n_words: int = 0
    n_characters: int = 0
    n_failed: int = 0
    n_conflicts: int = 0
    n_mentions: Counter[str] = field(default_factory=Counter)
    n_with_concepts: Counter[str] = field(default_factory=Counter)
    n_relations: Counter[str] = field(default_factory=Counter)

    def count(self, document: Document, n_sentences: int, n_words: int) -> None:
        """A document that was written."""
        self.n_documents += 1
        self.n_sentences += n_sentences
        self.n_words += n_words
        self.n_characters += len(document.text)
        self.n_mentions.update(mention.label for mention in document.mentions)
        self.n_with_concepts.update(
            mention.label for mention in document.mentions if mention.concepts
        )
        self.n_relations.update(relation.label for relation in document.relations)

    def add(self, other: Counts) -> None:
        """All that another one counted."""
        self.n_documents += other.n_documents
        self.n_sentences += other.n_sentences
        self.n_words += other.n_words
        self.n_characters += other.n_characters
        self.n_failed += other.n_failed
        self.n_conflicts += other.n_conflicts
        self.n_mentions.update(other.n_mentions)
        self.n_with_concepts.update(other.n_with_concepts)
        self.n_relations.update(other.n_relations)

    def as_json(self) -> dict[str, Any]:
        """For records and reports."""
        return {
            "documents": self.n_documents,
            "sentences": self.n_sentences,
            "words": self.n_words,
            "characters": self.n_characters,
            "failed": self.n_failed,
            "conflicts": self.n_conflicts,
            "mentions": self.n_mentions.total(),
            "labels": dict(sorted(self.n_mentions.items())),
            "with_concepts": dict(sorted(self.n_with_concepts.items())),
            "relations": dict(sorted(self.n_relations.items())),
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Counts:
        """What `as_json` told of."""
        return cls(
            values["documents"],
            values["sentences"],
            values["words"],
            values["characters"],
            values["failed"],
            values.get("conflicts", 0),
            Counter(values["labels"]),
            Counter(values["with_concepts"]),
            Counter(values.get("relations", {})),
        )
