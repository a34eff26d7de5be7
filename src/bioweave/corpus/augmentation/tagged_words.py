"""A document's words with what they are tagged: the mentions that they begin or continue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from bioweave.corpus.augmentation.edits import edges_of, is_cut
from bioweave.document import Document, Word
from bioweave.text import segment


@dataclass(frozen=True, slots=True)
class TaggedWord:
    """A word that may be changed or moved.

    `mentions` are the places of those it stands in, in the document's order. `tag` spells them
    out: (("B", "Disease"),) at a mention's start, one pair for each of several, none outside.
    """

    word: Word
    text: str
    mentions: tuple[int, ...]
    tag: tuple[tuple[str, str], ...]


def tagged_sentences(document: Document) -> Iterator[list[TaggedWord | None]]:
    """The words of each sentence; None for those that have to stay as and where they are.

    These are words of punctuation alone, by which sentences are found, and those inside of which
    a mention, a part of one, or a passage begins or ends.
    """
    edges = edges_of(document)
    spans = sorted(
        (mention.start, mention.end, number) for number, mention in enumerate(document.mentions)
    )
    for sentence in segment(document.text, document.passages):
        near = [span for span in spans if span[0] < sentence.end and sentence.start < span[1]]
        made: list[TaggedWord | None] = []
        for word in sentence.words:
            text = document.text[word.start : word.end]
            if is_cut(word.start, word.end, edges) or not any(map(str.isalnum, text)):
                made.append(None)
                continue
            inside = [span for span in near if span[0] <= word.start and word.end <= span[1]]
            tag = [
                ("B" if start == word.start else "I", document.mentions[number].label)
                for start, _, number in inside
            ]
            numbers = tuple(sorted(number for *_, number in inside))
            made.append(TaggedWord(word, text, numbers, tuple(sorted(tag))))
        yield made


def tagged_words(document: Document) -> Iterator[TaggedWord]:
    """All the words of a document that may be changed."""
    for sentence in tagged_sentences(document):
        yield from (word for word in sentence if word is not None)


def segments(document: Document) -> Iterator[list[TaggedWord]]:
    """Runs of words within a sentence that stand in the same mentions, or all in none.

    Punctuation does not end a run and is left out of it.
    """
    for sentence in tagged_sentences(document):
        words = [word for word in sentence if word is not None]
        for _, run in groupby(words, key=lambda word: word.mentions):
            yield list(run)
