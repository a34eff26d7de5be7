"""What a recipe's word features need: alphabet, vocabulary and matrix, tagger, dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bioweave.document import Document
from bioweave.errors import ConfigurationError
from bioweave.features.characters import CharacterEncoder
from bioweave.features.dictionary import DictionaryMatcher, NameDictionary
from bioweave.features.lexicon_dictionary import LexiconDictionary
from bioweave.features.pos import PosTagger
from bioweave.features.vectors import WordVectors, normal_form
from bioweave.features.word2vec import read_word2vec
from bioweave.features.word_features import WordFeaturizer
from bioweave.lexicon import Lexicon
from bioweave.model.settings import InputSizes
from bioweave.training.recipe import Recipe
from bioweave.training.vectors import VectorTraining, document_sentences, train_vectors


def make_vectors(recipe: Recipe, documents: Sequence[Document]) -> WordVectors | None:
    """The recipe's word embeddings: read from its file, or trained on these documents' text.

    Of a file either its first `max_words` words are kept, whether the documents hold them or not,
    or else those alone that the documents hold.
    """
    if not recipe.model.vectors:
        return None
    choice = recipe.vectors
    sentences = document_sentences(documents)
    if choice.path is None:
        settings = VectorTraining(
            algorithm=choice.algorithm,
            dimensions=choice.dimensions,
            epochs=choice.epochs,
            min_count=choice.min_count,
            seed=recipe.seed,
        )
        return train_vectors(sentences, settings)
    if choice.max_words:
        return read_word2vec(choice.path, max_words=choice.max_words)
    held = {word for sentence in sentences for word in sentence}
    return read_word2vec(choice.path, is_wanted=lambda word: normal_form(word) in held)


def make_featurizer(recipe: Recipe, vectors: WordVectors | None) -> WordFeaturizer | None:
    """What makes the recipe's word features, or None where it has none."""
    settings = recipe.features
    if not settings.inputs:
        return None
    return WordFeaturizer(
        settings,
        characters=CharacterEncoder() if settings.characters else None,
        pos=PosTagger.load() if settings.pos else None,
        vocabulary=vectors.vocabulary if vectors is not None else None,
        dictionary=_dictionary(recipe) if settings.dictionary else None,
    )


def input_sizes(featurizer: WordFeaturizer | None) -> InputSizes:
    """How many values each input of the tagger has."""
    return InputSizes(**featurizer.sizes) if featurizer is not None else InputSizes()


def _dictionary(recipe: Recipe) -> DictionaryMatcher:
    choice, labels = recipe.dictionary, recipe.features.dictionary
    if choice.lexicon is None:
        return _names(choice.names, labels)
    if choice.names:
        raise ConfigurationError("the recipe's [dictionary] has a lexicon and names: choose one")
    return LexiconDictionary(Lexicon.open(choice.lexicon), labels)


def _names(files: dict[str, Path], labels: Sequence[str]) -> NameDictionary:
    missing = [label for label in labels if label not in files]
    if missing:
        raise ConfigurationError(
            "model.dictionary is on, but the recipe's [dictionary] has no lexicon, and its names "
            f"no file for {missing[0]!r}"
        )
    names = {}
    for label in labels:
        try:
            lines = files[label].read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"dictionary of {label!r}: {error}") from error
        names[label] = [line.strip() for line in lines if line.strip()]
    return NameDictionary(names)
