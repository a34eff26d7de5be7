"""What a relater met that it could not read as it stands: counted, never passed over in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bioweave.document import Document
from bioweave.relating.scoring import CutPair
from bioweave.relating.settings import RelationTask
from bioweave.relating.windows import MOST_MARKED


@dataclass(slots=True)
class RelatingTally:
    """Counts over all documents that a relater has seen."""

    n_documents: int = 0
    n_pairs: int = 0
    n_windows: int = 0
    n_without_pairs: int = 0  # documents
    n_cut: int = 0  # pieces that did not fit into their window
    n_unmarked: int = 0  # mentions that stand in a window like any other word
    without_concept: Counter[str] = field(default_factory=Counter)  # mentions, by label
    _has_pairs: bool = True

    def add_document(self, document: Document, tasks: Sequence[RelationTask]) -> None:
        """One more document; its pairs follow."""
        self._close()
        self.n_documents += 1
        self._has_pairs = False
        asked = {
            label
            for task in tasks
            if task.between == "concepts"
            for label in (task.head, task.tail)
        }
        self.without_concept.update(
            mention.label
            for mention in document.mentions
            if mention.label in asked and not mention.concepts
        )

    def add_pair(self, one: CutPair) -> None:
        """One more pair of the last document."""
        self._has_pairs = True
        self.n_pairs += 1
        self.n_windows += len(one.windows)
        self.n_cut += sum(window.n_cut for window in one.windows)
        self.n_unmarked += sum(window.n_unmarked for window in one.windows)

    def add(self, other: RelatingTally) -> None:
        """All that another relater has seen."""
        self._close()
        other._close()
        self.n_documents += other.n_documents
        self.n_pairs += other.n_pairs
        self.n_windows += other.n_windows
        self.n_without_pairs += other.n_without_pairs
        self.n_cut += other.n_cut
        self.n_unmarked += other.n_unmarked
        self.without_concept.update(other.without_concept)

    def _close(self) -> None:
        self.n_without_pairs += not self._has_pairs
        self._has_pairs = True

    def as_json(self) -> dict[str, Any]:
        """For records."""
        self._close()
        return {
            "documents": self.n_documents,
            "pairs": self.n_pairs,
            "windows": self.n_windows,
            "without_pairs": self.n_without_pairs,
            "cut": self.n_cut,
            "unmarked": self.n_unmarked,
            "without_concept": dict(sorted(self.without_concept.items())),
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> RelatingTally:
        """What `as_json` told of."""
        return cls(
            values["documents"],
            values["pairs"],
            values["windows"],
            values["without_pairs"],
            values["cut"],
            values["unmarked"],
            Counter(values["without_concept"]),
        )

    def warnings(self) -> Iterator[str]:
        """A line for each thing that people should know."""
        n_without = self.n_without_pairs + (not self._has_pairs)
        if n_without:
            yield (
                f"{n_without} of {self.n_documents} documents have no pair that a relation could "
                "hold between"
            )
        for label, n in sorted(self.without_concept.items()):
            yield (
                f"{n} mentions of {label} have no concept, and relations between concepts leave "
                "them out: `bioweave link` gives them one"
            )
        if self.n_cut:
            yield f"{self.n_cut} pieces of long sentences, far from any mark, were not read"
        if self.n_unmarked:
            yield (
                f"{self.n_unmarked} mentions were read without marks, beside the {MOST_MARKED} of "
                "the same thing nearest to its counterpart"
            )
