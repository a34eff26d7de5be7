"""A document's text changed in places, with everything that points into it still exact."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import NamedTuple

from bioweave.document import Document, Mention, Passage, Span


class Edit(NamedTuple):
    """`text[start:end]`, which must not be empty, becomes `replacement`."""

    start: int
    end: int
    replacement: str


def edited(document: Document, edits: Iterable[Edit]) -> Document:
    """The document with all edits made; mentions and passages stay on what they were on.

    What an edit covers exactly, or lies in the midst of, grows or shrinks with it. Raises
    ValueError for edits that are empty or overlap, for one that has the start or end of a mention
    or passage strictly inside, and for one that leaves a mention without text.
    """
    ordered = sorted(edits)
    _check(ordered, len(document.text))
    shift = _Shift(ordered)
    text = "".join(_stretches(document.text, ordered))

    def moved(mention: Mention) -> Mention:
        start, end = shift.of(mention.start), shift.of(mention.end)
        if start >= end:
            raise ValueError(f"nothing would be left of mention {mention.text!r}")
        fragments = tuple(Span(shift.of(one.start), shift.of(one.end)) for one in mention.fragments)
        return replace(mention, start=start, end=end, text=text[start:end], fragments=fragments)

    passages = tuple(
        Passage(shift.of(passage.start), shift.of(passage.end), passage.kind)
        for passage in document.passages
    )
    changed = replace(document, text=text, passages=passages)
    return changed.with_mentions(map(moved, document.mentions))


def edges_of(document: Document) -> list[int]:
    """Every offset at which a mention, a part of one, or a passage starts or ends; sorted.

    An edit must not have any of them strictly inside.
    """
    spans: list[tuple[int, int]] = [(one.start, one.end) for one in document.passages]
    for mention in document.mentions:
        spans += [mention.span, *mention.fragments]
    return sorted({edge for span in spans for edge in span})


def is_cut(start: int, end: int, edges: list[int]) -> bool:
    """Whether one of the edges, which are sorted, is strictly between start and end."""
    place = bisect_right(edges, start)
    return place < len(edges) and edges[place] < end


def cut_at(start: int, end: int, edges: list[int]) -> list[Span]:
    """The stretch from start to end, parted at the edges strictly inside it."""
    inside = edges[bisect_right(edges, start) : bisect_left(edges, end)]
    return [Span(*pair) for pair in pairwise([start, *inside, end])]


class _Shift:
    """Where an offset is once the edits are made."""

    def __init__(self, edits: list[Edit]) -> None:
        self._edits = edits
        self._ends = [edit.end for edit in edits]
        growth = (len(edit.replacement) - (edit.end - edit.start) for edit in edits)
        self._shifts = [0, *accumulate(growth)]

    def of(self, offset: int) -> int:
        n_before = bisect_right(self._ends, offset)
        if n_before < len(self._edits) and self._edits[n_before].start < offset:
            raise ValueError(f"offset {offset} stands inside {self._edits[n_before]}")
        return offset + self._shifts[n_before]


def _check(edits: list[Edit], length: int) -> None:
    for edit in edits:
        if not 0 <= edit.start < edit.end <= length:
            raise ValueError(f"{edit} is empty or outside the text of {length} characters")
    for left, right in pairwise(edits):
        if right.start < left.end:
            raise ValueError(f"{left} and {right} overlap")


def _stretches(text: str, edits: list[Edit]) -> Iterable[str]:
    reached = 0
    for edit in edits:
        yield text[reached : edit.start]
        yield edit.replacement
        reached = edit.end
    yield text[reached:]
