"""Shuffling within segments (Dai and Adel, 2020): words change places, tags stay."""

from __future__ import annotations

from random import Random

from bioweave.corpus.augmentation.edits import Edit, edited
from bioweave.corpus.augmentation.tagged_words import segments
from bioweave.document import Document


def shuffle_segments(document: Document, chance: Random, probability: float = 0.3) -> Document:
    """The document with the words of some segments in another order.

    A segment is a run of words of one sentence within the same mention or mentions, or outside of
    all; each is shuffled with `probability`. All mentions stay, with as many words. Unlike in the
    paper punctuation keeps its place (`2-fluoro-pentalin` may become `pentalin-2-fluoro`), and so
    does a word inside of which a mention begins or ends.
    """
    edits = []
    for segment in segments(document):
        if len(segment) > 1 and chance.random() < probability:
            order = chance.sample(segment, len(segment))
            edits += [
                Edit(place.word.start, place.word.end, word.text)
                for place, word in zip(segment, order, strict=True)
            ]
    return edited(document, edits)
