"""Word embeddings: a matrix, and which word has which row.

A word is looked up as it stands, then in its normal form: lower case, numbers as zeros (so `1995`
finds `0000`). Row 0 is for words that have none.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bioweave.errors import BundleError


def normal_form(word: str) -> str:
    """The form in which embeddings are trained on the project's own text.

    >>> normal_form("Aspirin"), normal_form("1995")
    ('aspirin', '0000')
    """
    return "0" * len(word) if word.isdecimal() else word.lower()


@dataclass(frozen=True)
class VectorVocabulary:
    """The words that have an embedding: `words[i]` has row `i + 1`.

    >>> VectorVocabulary(("aspirin", "NO")).rows(["Aspirin", "no", "NO", "ibuprofen"])
    array([1, 0, 2, 0])
    """

    words: tuple[str, ...]

    def rows(self, words: Sequence[str]) -> npt.NDArray[np.int64]:
        """Each word's row, 0 where it has none."""
        places = self._places
        found = (places.get(word) or places.get(normal_form(word), 0) for word in words)
        return np.fromiter(found, dtype=np.int64, count=len(words))

    def save(self, path: Path) -> None:
        """Write the words as a JSON list."""
        path.write_text(json.dumps(self.words, ensure_ascii=True), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> VectorVocabulary:
        """The words in a JSON list; BundleError where it is none."""
        try:
            words = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise BundleError(f"{path}: no readable vocabulary: {error}") from error
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise BundleError(f"{path}: a vocabulary is a JSON list of words")
        return cls(tuple(words))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {word: place + 1 for place, word in enumerate(self.words)}


@dataclass(frozen=True, eq=False)
class WordVectors:
    """Words with their embeddings; `matrix` [n_words + 1, n_dimensions], row 0 all zeros."""

    vocabulary: VectorVocabulary
    matrix: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.matrix.ndim != 2 or len(self.matrix) != len(self.vocabulary.words) + 1:
            raise BundleError(
                f"{len(self.vocabulary.words)} words and a matrix of shape {self.matrix.shape} do "
                "not belong together: it should have a row for each word and one for unknown words"
            )

    @classmethod
    def of(cls, words: Sequence[str], vectors: npt.NDArray[np.float32]) -> WordVectors:
        """From words and their vectors [n_words, n_dimensions], without a row for unknown words."""
        unknown = np.zeros((1, vectors.shape[1]), dtype=np.float32)
        return cls(VectorVocabulary(tuple(words)), np.concatenate([unknown, vectors]))

    def save(self, folder: Path) -> None:
        """Write `vectors.npy` and `vectors.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "vectors.npy", self.matrix, allow_pickle=False)
        self.vocabulary.save(folder / "vectors.json")

    @classmethod
    def read(cls, folder: Path) -> WordVectors:
        """What `save` wrote; BundleError where it is damaged or incomplete."""
        try:
            matrix = np.load(folder / "vectors.npy", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise BundleError(f"{folder / 'vectors.npy'}: no readable matrix: {error}") from error
        return cls(VectorVocabulary.read(folder / "vectors.json"), matrix)
