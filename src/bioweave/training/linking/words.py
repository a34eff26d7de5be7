"""The words whose meanings a linker needs."""

from __future__ import annotations

from collections.abc import Sequence

from bioweave.features.vectors import WordVectors
from bioweave.lexicon import Lexicon, normalise
from bioweave.lexicon.labels import label_of_names
from bioweave.linking import LearnedNames
from bioweave.linking.meanings import WordMeanings

# Mentions have words that no name has: so many of the commonest are kept as well.
_COMMON = 20_000


def word_meanings(
    vectors: WordVectors, learned: LearnedNames, lexicon: Lexicon | None, labels: Sequence[str]
) -> WordMeanings:
    """The meanings of the words in names of these labels, and of common words.

    The vectors' words stand with the commonest first, as word2vec writes them.
    """
    words = vectors.vocabulary.words
    wanted = {normalise(word) for word in words[:_COMMON]}
    for label in labels:
        if label in learned.labels:
            wanted.update(*(key.split() for key in learned.labels[label].by_key))
        known = label_of_names(label, lexicon.labels) if lexicon is not None else None
        if lexicon is not None and known is not None:
            wanted.update(*(key.split() for key in lexicon.keys_of(known)))
    return WordMeanings.of_vectors(words, vectors.matrix[1:], wanted)
