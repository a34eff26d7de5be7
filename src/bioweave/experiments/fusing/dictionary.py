"""A lexicon's names as the dictionary that stacking reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bioweave.errors import ConfigurationError
from bioweave.features import FeatureSettings
from bioweave.features.lexicon_dictionary import LexiconDictionary
from bioweave.features.word_features import WordFeaturizer
from bioweave.lexicon import Lexicon


def open_dictionary(path: Path, labels: Sequence[str]) -> LexiconDictionary:
    """The names that a compiled lexicon has of these labels.

    Raises ConfigurationError where it has none, LexiconError where it is no lexicon.
    """
    lexicon = Lexicon.open(path)
    known = tuple(label for label in labels if label in lexicon.labels)
    if not known:
        raise ConfigurationError(
            f"{path}: a lexicon of {', '.join(lexicon.labels)} says nothing of "
            f"{', '.join(labels)}; `bioweave lexicon build` makes one that does"
        )
    return LexiconDictionary(lexicon, known)


def featurizer_of(dictionary: LexiconDictionary) -> WordFeaturizer:
    """What makes its hits, and takes it along into a bundle."""
    return WordFeaturizer(FeatureSettings(dictionary=dictionary.labels), dictionary=dictionary)


def told(dictionary: LexiconDictionary) -> list[dict[str, str | None]]:
    """Where the names come from, for a report and a bundle's provenance."""
    return [
        {"name": one.name, "version": one.version, "sha256": one.sha256}
        for one in dictionary.sources
    ]


def licences(dictionary: LexiconDictionary) -> dict[str, str]:
    """On which terms the names may be used."""
    return {f"names of {one.name}": one.licence or "not stated" for one in dictionary.sources}
