"""Case variants: mentions or sentences in capitals, in small letters, or like a title."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Literal

from bioweave.corpus.augmentation.edits import Edit, cut_at, edges_of, edited
from bioweave.document import Document, Span
from bioweave.text import segment, split_words

CaseForm = Literal["upper", "lower", "title"]
CaseUnit = Literal["mentions", "sentences"]


def vary_case(
    document: Document,
    chance: Random,
    probability: float = 0.3,
    *,
    unit: CaseUnit = "mentions",
    forms: Sequence[CaseForm] = ("upper", "lower", "title"),
) -> Document:
    """The document with some mentions, or whole sentences, in one of these forms.

    Each unit is changed with `probability`, its form chosen evenly. In a title every word has one
    capital, its first. Of overlapping mentions the first, and of two with one start the longer,
    takes the others with it. What a mention means stays, and so may its concepts and relations.
    """
    edges = edges_of(document)
    edits: list[Edit] = []
    for unit_span in _units(document, unit):
        if chance.random() < probability:
            edits += _edits(document.text, unit_span, chance.choice(forms), edges)
    return edited(document, edits)


def _units(document: Document, unit: CaseUnit) -> Iterator[Span]:
    if unit == "sentences":
        for sentence in segment(document.text, document.passages):
            yield Span(sentence.start, sentence.end)
        return
    reached = 0
    for mention in document.mentions:
        if mention.start >= reached:
            yield mention.span
            reached = mention.end


def _edits(text: str, span: Span, form: CaseForm, edges: list[int]) -> Iterator[Edit]:
    # Piece by piece: some letters grow in capitals, and mentions must not lose their edges.
    for word in split_words(text[span.start : span.end], span.start):
        for piece in cut_at(word.start, word.end, edges):
            found = text[piece.start : piece.end]
            made = _formed(found, form, is_first=piece.start == word.start)
            if made != found:
                yield Edit(piece.start, piece.end, made)


def _formed(text: str, form: CaseForm, *, is_first: bool) -> str:
    if form == "upper":
        return text.upper()
    if form == "lower" or not is_first:
        return text.lower()
    return text[:1].title() + text[1:].lower()
