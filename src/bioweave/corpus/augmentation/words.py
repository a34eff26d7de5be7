"""Label-wise word replacement (Dai and Adel, 2020): words give way to others with their tag."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import accumulate
from random import Random

from bioweave.corpus.augmentation.edits import Edit, edited
from bioweave.corpus.augmentation.tagged_words import TaggedWord, tagged_words
from bioweave.document import Document


class WordsByTag:
    """How often each word has each tag in some documents."""

    def __init__(self, documents: Iterable[Document]) -> None:
        counts: defaultdict[tuple[tuple[str, str], ...], Counter[str]] = defaultdict(Counter)
        for document in documents:
            for word in tagged_words(document):
                counts[word.tag][word.text] += 1
        self._words = {tag: sorted(counter) for tag, counter in counts.items()}
        self._weights = {
            tag: list(accumulate(counts[tag][word] for word in words))
            for tag, words in self._words.items()
        }

    def draw(self, word: TaggedWord, chance: Random) -> str:
        """A word with the same tag, as often as it stands there; itself where there is none."""
        words = self._words.get(word.tag)
        if not words:
            return word.text
        return chance.choices(words, cum_weights=self._weights[word.tag])[0]


def replace_words(
    document: Document, chance: Random, words: WordsByTag, probability: float = 0.3
) -> Document:
    """The document with each word replaced, with `probability`, by one that has the same tag.

    A tag tells a mention's first word from the others, and a word of nested mentions has a tag
    for each. All mentions stay, with as many words. Unlike in the paper punctuation is neither
    replaced nor drawn, since sentences are found again in the new text by it; nor is a word
    inside of which a mention begins or ends.
    """
    edits = []
    for word in tagged_words(document):
        if chance.random() < probability:
            edits.append(Edit(word.word.start, word.word.end, words.draw(word, chance)))
    return edited(document, edits)
