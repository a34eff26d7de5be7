"""Words -> the numbers that a tagger reads beside the encoder's pieces."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bioweave.errors import BundleError, ConfigurationError
from bioweave.features.characters import CharacterEncoder
from bioweave.features.dictionary import (
    COLUMNS_PER_LABEL,
    DictionaryMatcher,
    hit_features,
)
from bioweave.features.lexicon_dictionary import read_dictionary
from bioweave.features.pos import PosTagger
from bioweave.features.settings import FeatureSettings
from bioweave.features.templates import TemplateHasher
from bioweave.features.vectors import VectorVocabulary


@dataclass(frozen=True)
class WordFeaturizer:
    """Makes the word features that `settings` switch on; the parts for others may be None.

    Safe to share between threads, and picklable.

    >>> featurizer = WordFeaturizer(
    ...     FeatureSettings(vectors=True), vocabulary=VectorVocabulary(("cells",))
    ... )
    >>> featurizer.features(["T", "cells"])
    {'vectors': array([0, 1])}
    """

    settings: FeatureSettings
    characters: CharacterEncoder | None = None
    pos: PosTagger | None = None
    vocabulary: VectorVocabulary | None = None
    dictionary: DictionaryMatcher | None = None

    def __post_init__(self) -> None:
        parts = {
            "characters": self.characters,
            "pos": self.pos,
            "vectors": self.vocabulary,
            "dictionary": self.dictionary,
            "templates": self.settings,
        }
        missing = [name for name in self.settings.inputs if parts[name] is None]
        if missing:
            raise ConfigurationError(
                f"the features {', '.join(missing)} are switched on, but nothing makes them"
            )
        known = self.dictionary.labels if self.dictionary is not None else ()
        unknown = [label for label in self.settings.dictionary if label not in known]
        if unknown:
            raise ConfigurationError(
                f"the dictionary has no names for label {unknown[0]!r}; it has {', '.join(known)}"
            )

    def features(
        self, words: Sequence[str], sentence_lengths: Sequence[int] | None = None
    ) -> dict[str, npt.NDArray[Any]]:
        """For each input that is switched on, an array [n_words, ...], unpadded.

        `characters` int64 [n_words, n_characters], `pos` int64 [n_words] (the tag's place, from
        1), `vectors` int64 [n_words] (the embedding's row, 0 where there is none), `dictionary`
        float32 [n_words, 2 * labels] (see `hit_features`), `templates` int64 [n_words, templates].

        `sentence_lengths` counts the words of each sentence, None is one sentence. Parts of
        speech and dictionary hits look at a whole sentence: give whole sentences and cut windows
        out of the arrays, so that what a word gets does not depend on where a window ends.
        """
        lengths = [len(words)] if sentence_lengths is None else list(sentence_lengths)
        if sum(lengths) != len(words):
            raise ValueError(f"sentences of {sum(lengths)} words in all, but {len(words)} words")
        edges = accumulate(lengths, initial=0)
        sentences = [words[start:end] for start, end in pairwise(edges)]
        features: dict[str, npt.NDArray[Any]] = {}
        if self.settings.characters and self.characters is not None:
            features["characters"] = self.characters.encode(words)
        if self.settings.pos and self.pos is not None:
            tags = self.pos.tag_ids(sentences)
            features["pos"] = np.concatenate([np.empty(0, dtype=np.int64), *tags])
        if self.settings.vectors and self.vocabulary is not None:
            features["vectors"] = self.vocabulary.rows(words)
        if self.settings.dictionary and self.dictionary is not None:
            labels = self.settings.dictionary
            none = np.empty((0, COLUMNS_PER_LABEL * len(labels)), dtype=np.float32)
            hits = [
                hit_features(self.dictionary.find(sentence), labels, len(sentence))
                for sentence in sentences
            ]
            features["dictionary"] = np.concatenate([none, *hits])
        if self.settings.templates:
            features["templates"] = TemplateHasher(self.settings.templates).ids(sentences)
        return features

    @property
    def sizes(self) -> dict[str, int]:
        """How many values each input has, counting 0; for `dictionary` how many features.

        0 is what is switched off. The embeddings' number of rows comes with their matrix.
        """
        settings = self.settings
        return {
            "characters": self.characters.n_ids if settings.characters and self.characters else 0,
            "pos": len(self.pos.tags) + 1 if settings.pos and self.pos else 0,
            "dictionary": COLUMNS_PER_LABEL * len(settings.dictionary),
            "templates": settings.templates + 1 if settings.templates else 0,
        }

    def save(self, folder: Path) -> None:
        """Write a folder that `load` reads, with the parts that are switched on and no others."""
        folder.mkdir(parents=True, exist_ok=True)
        description: dict[str, Any] = {"settings": asdict(self.settings)}
        if self.settings.characters and self.characters is not None:
            description["characters"] = asdict(self.characters)
        if self.settings.pos and self.pos is not None:
            self.pos.model.save(folder / "pos")
        if self.settings.vectors and self.vocabulary is not None:
            self.vocabulary.save(folder / "vectors.json")
        if self.settings.dictionary and self.dictionary is not None:
            self.dictionary.save(folder)
        text = json.dumps(description, indent=1) + "\n"
        (folder / "features.json").write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> WordFeaturizer:
        """What `save` wrote; BundleError where it is damaged or incomplete."""
        path = folder / "features.json"
        try:
            description = json.loads(path.read_bytes())
            table = description["settings"]
            settings = FeatureSettings(**{**table, "dictionary": tuple(table["dictionary"])})
            characters = description.get("characters")
            return cls(
                settings,
                characters=CharacterEncoder(**characters) if characters else None,
                pos=PosTagger.load(folder / "pos") if settings.pos else None,
                vocabulary=(
                    VectorVocabulary.read(folder / "vectors.json") if settings.vectors else None
                ),
                dictionary=read_dictionary(folder) if settings.dictionary else None,
            )
        except (OSError, ValueError, KeyError, TypeError, ConfigurationError) as error:
            raise BundleError(f"{path}: no readable feature settings: {error}") from error
