"""A mention's claimed offsets and text held against the document, and mended where they differ."""

from __future__ import annotations

from typing import NamedTuple

from bioweave.document import Span

MAX_SHIFT = 40
"""How far, in characters, a mention may have slipped and still be found again. The worst slip in
the corpora known here is of 6 characters, in tmvar3's 21904390."""


class Placement(NamedTuple):
    """Where a mention is; `problem` says what was wrong with the offsets it came with, if any."""

    span: Span | None
    problem: str | None = None


def place_mention(text: str, start: int, end: int, claimed: str) -> Placement:
    """The span of the claimed text, at start:end or near it; None where it cannot be found.

    Where the two disagree, this decides, in this order: the claimed text stands verbatim within
    40 characters and overlaps start:end; what stands at start:end differs from it in spaces and
    punctuation alone; it stands verbatim within 40 characters, and the nearest place is taken.

    >>> place_mention("Ge-1 and Ge-1", 10, 14, "Ge-1").span
    Span(start=9, end=13)
    """
    found = text[max(start, 0) : max(end, 0)]
    if found and found == claimed and start >= 0:
        return Placement(Span(start, end))
    problem = f"{claimed!r} at {start}:{end}, where the text reads {found!r}"
    near = _nearest(text, start, claimed.strip())
    if near is not None and near.overlaps((start, end)):
        return Placement(near, problem)
    if _letters(found) and _letters(found) == _letters(claimed):
        left = start + len(found) - len(found.lstrip())
        return Placement(Span(left, left + len(found.strip())), problem)
    return Placement(near, problem)


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _nearest(text: str, start: int, claimed: str) -> Span | None:
    """The occurrence of `claimed` that starts nearest to `start`, at most MAX_SHIFT away."""
    if not claimed:
        return None
    low, high = max(0, start - MAX_SHIFT), max(0, start + MAX_SHIFT + len(claimed))
    before = text.rfind(claimed, low, max(0, start + len(claimed)))
    after = text.find(claimed, max(0, start), high)
    places = [place for place in (before, after) if place >= 0]
    if not places:
        return None
    best = min(places, key=lambda place: abs(place - start))
    return Span(best, best + len(claimed))
