"""A mention: a stretch of text with a label, and the concepts it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Span(NamedTuple):
    """A half-open stretch of text: `text[start:end]`, in Unicode code points."""

    start: int
    end: int

    def overlaps(self, other: tuple[int, int]) -> bool:
        """Whether the two share at least one character."""
        return self.start < other[1] and other[0] < self.end


@dataclass(frozen=True, slots=True)
class Concept:
    """An entry of a terminology, such as `MESH:D001241`.

    `score` is how sure the link is, from 0 to 1; None where a corpus gave the id.
    """

    id: str
    name: str | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a document's text that names something.

    `start` and `end` are half-open, in Unicode code points, so that
    `document.text[start:end] == text`. A discontinuous mention keeps its parts in `fragments`
    (in order, disjoint) and runs from the first part's start to the last one's end; for all
    others `fragments` is empty. `confidence` is a probability, None where nobody gave one.
    `id` is what relations refer to. `metadata` holds what a format or a corpus said beyond that.
    """

    start: int
    end: int
    text: str
    label: str
    confidence: float | None = None
    concepts: tuple[Concept, ...] = ()
    id: str | None = None
    fragments: tuple[Span, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def span(self) -> Span:
        """The mention's start and end."""
        return Span(self.start, self.end)

    @property
    def is_discontinuous(self) -> bool:
        """Whether the mention has a gap."""
        return len(self.fragments) > 1
