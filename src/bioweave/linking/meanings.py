"""What names mean, by the words in them: "cardiac hypertrophy" is near "heart enlargement"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bioweave.errors import BundleError
from bioweave.lexicon import normalise

Vector = npt.NDArray[np.float32]

_SCALE = 127


class WordMeanings:
    """Vectors of the words of normalised names, in a byte a dimension.

    `codes` is int8 [words, dimensions]: vectors of length 1, times 127. A name's vector is the
    mean of its words', each by how telling it is; words that have none are left out.
    """

    def __init__(self, words: Sequence[str], codes: npt.NDArray[np.int8]) -> None:
        if codes.ndim != 2 or len(codes) != len(words):
            raise ValueError(f"{len(words)} words do not belong to vectors {codes.shape}")
        self._places = {word: place for place, word in enumerate(words)}
        self._codes = codes

    @classmethod
    def of_vectors(
        cls, words: Sequence[str], vectors: Vector, wanted: Iterable[str]
    ) -> WordMeanings:
        """From embeddings [words, dimensions], the commonest word first; `wanted` are names' words.

        A word of names has the vector of the commonest word that is it once normalised.
        """
        needed = frozenset(wanted)
        rows: dict[str, int] = {}
        for row, word in enumerate(words):
            key = normalise(word)
            if key in needed:
                rows.setdefault(key, row)
        chosen = vectors[list(rows.values())]
        lengths = np.linalg.norm(chosen, axis=1, keepdims=True)
        codes = np.rint(chosen / np.maximum(lengths, 1e-9) * _SCALE).astype(np.int8)
        return cls(tuple(rows), codes)

    def __len__(self) -> int:
        return len(self._places)

    def of(self, name: str, weight_of_word: Callable[[str], float]) -> Vector:
        """[dimensions], of length 1: what a normalised name means; zeros where no word is known."""
        words = [word for word in name.split() if word in self._places]
        weights = np.array([weight_of_word(word) for word in words], np.float32)
        mean = weights @ self._codes[[self._places[word] for word in words]].astype(np.float32)
        length = float(np.linalg.norm(mean))
        unit: Vector = mean / length if length else mean
        return unit

    def save(self, path: Path) -> None:
        """Write as npz."""
        text = "\n".join(self._places).encode()
        np.savez(path, words=np.frombuffer(text, np.uint8), codes=self._codes)

    @classmethod
    def load(cls, path: Path) -> WordMeanings:
        """What `save` wrote. Raises BundleError where it is damaged."""
        try:
            with np.load(path, allow_pickle=False) as file:
                held: Mapping[str, npt.NDArray[np.int8]] = {name: file[name] for name in file.files}
            text = held["words"].tobytes().decode()
            return cls(text.split("\n") if text else (), held["codes"])
        except (OSError, ValueError, KeyError) as error:
            raise BundleError(f"{path}: no vectors of words ({error})") from error
