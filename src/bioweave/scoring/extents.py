"""Where a mention lies: what strict scoring compares."""

from __future__ import annotations

from typing import NamedTuple

from bioweave.document import Document, Mention, Span


class Extent(NamedTuple):
    """A mention without its label: start, end, and its parts where it has gaps.

    Two discontinuous mentions are the same only if their parts are; one without a gap is never
    the same as one with a gap, even where both run from and to the same characters.
    """

    start: int
    end: int
    fragments: tuple[Span, ...] = ()

    @property
    def parts(self) -> tuple[tuple[int, int], ...]:
        """The stretches without gaps that this covers."""
        return self.fragments or ((self.start, self.end),)

    def overlaps(self, other: Extent) -> bool:
        """Whether the two share at least one character; a gap counts as nothing."""
        return any(
            start < other_end and other_start < end
            for start, end in self.parts
            for other_start, other_end in other.parts
        )


def extent_of(mention: Mention) -> Extent:
    """Where a mention lies."""
    fragments = mention.fragments if mention.is_discontinuous else ()
    return Extent(mention.start, mention.end, fragments)


def extents_by_label(document: Document) -> dict[str, set[Extent]]:
    """Where each label was found; a mention that is there twice counts once."""
    found: dict[str, set[Extent]] = {}
    for mention in document.mentions:
        found.setdefault(mention.label, set()).add(extent_of(mention))
    return found
