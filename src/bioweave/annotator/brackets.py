"""Brackets in pairs: a mention leaves a lone bracket out, or takes its partner in."""

from __future__ import annotations

from bioweave.document import Span

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_OPENING = {closing: opening for opening, closing in _PAIRS.items()}


def paired(text: str, extent: Span, *, can_repair: bool = True) -> Span | None:
    """Where a mention lies once its brackets are in pairs; None where they cannot be.

    A lone bracket at the mention's edge is left out; the partner of one within is taken in where
    it stands right beside the mention.

    >>> paired("vitamin B(12) levels", Span(0, 12))
    Span(start=0, end=13)
    >>> paired("(aspirin or not)", Span(0, 8))
    Span(start=1, end=8)
    """
    while lone := _lone_brackets(text, extent):
        repaired = _repaired(text, extent, lone) if can_repair else None
        if repaired is None or not text[slice(*repaired)].strip():
            return None
        extent = repaired
    return extent


def _lone_brackets(text: str, extent: Span) -> list[int]:
    """Where within the mention brackets without a partner stand."""
    opened: list[int] = []
    lone: list[int] = []
    for place in range(extent.start, extent.end):
        char = text[place]
        if char in _PAIRS:
            opened.append(place)
        elif char in _OPENING:
            if opened and text[opened[-1]] == _OPENING[char]:
                opened.pop()
            else:
                lone.append(place)
    return sorted([*lone, *opened])


def _repaired(text: str, extent: Span, lone: list[int]) -> Span | None:
    """The mention with one lone bracket fewer; None where that takes more than its edges."""
    start, end = extent
    if lone[0] == start:
        return _stripped(text, Span(start + 1, end))
    if lone[-1] == end - 1:
        return _stripped(text, Span(start, end - 1))
    char = text[lone[0]]
    longer = extent
    if char in _PAIRS and text[end : end + 1] == _PAIRS[char]:
        longer = Span(start, end + 1)
    elif char in _OPENING and start and text[start - 1] == _OPENING[char]:
        longer = Span(start - 1, end)
    # What is taken in may find another partner than the one that it was meant for.
    return None if _lone_brackets(text, longer) else longer


def _stripped(text: str, extent: Span) -> Span:
    mention = text[slice(*extent)]
    start = extent.start + len(mention) - len(mention.lstrip())
    return Span(start, max(start, extent.start + len(mention.rstrip())))
