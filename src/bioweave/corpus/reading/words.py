"""Text made again from sentences of words, for corpora that come as columns of words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bioweave.document import Passage, Word


class WordedText(NamedTuple):
    """Words joined by single spaces; `sentences` are passages, `words` stand by sentence."""

    text: str
    sentences: tuple[Passage, ...]
    words: tuple[tuple[Word, ...], ...]


def join_words(sentences: Iterable[Sequence[str]]) -> WordedText:
    """The text, with one space between words and between sentences.

    >>> join_words([["IL-2", "gene"], ["Yes"]]).words
    ((Word(start=0, end=4), Word(start=5, end=9)), (Word(start=10, end=13),))
    """
    parts: list[str] = []
    passages: list[Passage] = []
    words: list[tuple[Word, ...]] = []
    end = -1
    for sentence in sentences:
        spans = []
        for word in sentence:
            start, end = end + 1, end + 1 + len(word)
            parts.append(word)
            spans.append(Word(start, end))
        passages.append(Passage(spans[0].start, spans[-1].end, "sentence"))
        words.append(tuple(spans))
    return WordedText(" ".join(parts), tuple(passages), tuple(words))
