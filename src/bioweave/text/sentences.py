"""Sentences with their words: what `sentencex` proposes, repaired, inside hard boundaries."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import itemgetter

from bioweave.document import Passage, Sentence, Word
from bioweave.text.asides import Asides
from bioweave.text.proposals import propose_ends
from bioweave.text.repairs import is_end, sure_ends
from bioweave.text.words import find_words

# A sentence without an end is split after so many words. The longest real one in 2.7 million
# words of abstracts and articles has 405.
MAX_WORDS = 512

# An empty line, a form feed, or Unicode's own paragraph separator. Line ends are atomic, so that
# one CR LF is not taken for two.
_PARAGRAPH_BREAK = re.compile(r"(?>\r\n|\r|\n)[^\S\r\n]*(?>\r\n|\r|\n)|[\f\u2029]")


def segment(text: str, passages: Sequence[Passage] = ()) -> tuple[Sentence, ...]:
    """The sentences of a text, in order, each with its words.

    Every character that is not a space is in one word of one sentence. No sentence runs across
    the edge of a passage or an empty line, and between those hard boundaries the result depends
    on nothing but the text there. A sentence runs from its first word's start to its last word's
    end and has at most `MAX_WORDS` words. Time is linear in the text's length.

    >>> text = "E. coli grew. We used IL-2 (Fig. 1)."
    >>> [text[sentence.start : sentence.end] for sentence in segment(text)]
    ['E. coli grew.', 'We used IL-2 (Fig. 1).']
    """
    return tuple(
        Sentence(words[0].start, words[-1].end, words)
        for start, end in _paragraphs(text, passages)
        for words in _words_by_sentence(text, start, end)
    )


def _paragraphs(text: str, passages: Sequence[Passage]) -> Iterator[tuple[int, int]]:
    """The stretches between passage edges and paragraph breaks; together they are the text."""
    edges = {0, len(text)}
    edges.update(edge for passage in passages for edge in (passage.start, passage.end))
    edges.update(match.end() for match in _PARAGRAPH_BREAK.finditer(text))
    inside = sorted(edge for edge in edges if 0 <= edge <= len(text))
    return pairwise(inside)


def _words_by_sentence(text: str, start: int, end: int) -> Iterator[tuple[Word, ...]]:
    words = tuple(find_words(text, start, end))
    if not words:
        return
    word_starts = list(map(itemgetter(0), words))
    first = 0
    for offset in (*_sentence_starts(text[start:end]), end - start):
        last = bisect_left(word_starts, start + offset, first)
        for head in range(first, last, MAX_WORDS):
            yield words[head : min(head + MAX_WORDS, last)]
        first = last


def _sentence_starts(paragraph: str) -> list[int]:
    """Where sentences start, the first one's start left out."""
    proposed = {*propose_ends(paragraph), *sure_ends(paragraph)}
    if not proposed:
        return []
    asides = Asides(paragraph)
    return [
        offset for offset in sorted(proposed) if offset not in asides and is_end(paragraph, offset)
    ]
