"""The names that look most like a name: TF-IDF over character n-grams, in mappable arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from bioweave.lexicon.ngrams import count_ngrams, word_ngrams

# N-grams so common that all of them together carry less than this share of a name's weight
# (squared) are passed over: they stand in most names, and looking there takes most of the time.
_NEGLIGIBLE = 0.12
_SCALE = 255  # weights lie between 0 and 1, and are kept in a byte


@dataclass(frozen=True, slots=True)
class Candidate:
    """A key by its number, and the cosine of its n-grams with those of what was looked for."""

    key: int
    cosine: float


class CandidateIndex:
    """Finds keys by their character n-grams.

    `codes` are the n-grams, sorted; `starts[i]:starts[i + 1]` are the places in `keys` and
    `weights` of the i-th one. Weights are (1 + ln count) * idf with idf = 1 + ln(N / df), each
    key's scaled to length 1 (Salton and Buckley, 1988), in 255ths.
    """

    def __init__(
        self,
        codes: npt.NDArray[np.uint32],
        starts: npt.NDArray[np.uint64],
        keys: npt.NDArray[np.uint32],
        weights: npt.NDArray[np.uint8],
        n_keys: int,
    ) -> None:
        self._codes = codes
        self._starts = starts
        self._keys = keys
        self._weights = weights
        self.n_keys = n_keys

    @classmethod
    def build(cls, keys: Sequence[str]) -> CandidateIndex:
        """The index of these keys, which are numbered in their order."""
        codes, owners, counts = count_ngrams(keys)
        unique, starts, frequencies = np.unique(codes, return_index=True, return_counts=True)
        idf = _idf(frequencies, len(keys))
        weights = (1 + np.log(counts, dtype=np.float32)) * np.repeat(idf, frequencies)
        lengths = np.sqrt(np.bincount(owners, weights**2, minlength=len(keys)))
        scaled = weights / np.maximum(lengths[owners], 1e-9).astype(np.float32)
        return cls(
            unique,
            np.append(starts, len(codes)).astype(np.uint64),
            owners,
            np.rint(scaled * _SCALE).astype(np.uint8),
            len(keys),
        )

    @property
    def arrays(self) -> Mapping[str, npt.NDArray[Any]]:
        """What `from_arrays` makes the same index of, for keeping in a file."""
        return {
            "codes": self._codes,
            "starts": self._starts,
            "keys": self._keys,
            "weights": self._weights,
            "n_keys": np.array([self.n_keys], np.uint32),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> CandidateIndex:
        """The index that `arrays` came from."""
        return cls(
            arrays["codes"].astype(np.uint32, copy=False),
            arrays["starts"].astype(np.uint64, copy=False),
            arrays["keys"].astype(np.uint32, copy=False),
            arrays["weights"].astype(np.uint8, copy=False),
            int(arrays["n_keys"][0]),
        )

    def search(self, key: str, n: int) -> list[Candidate]:
        """The `n` keys most like this one, best first, and of equals the one with the lower number.

        What is passed over makes a cosine a little too low, never too high.
        """
        codes, _, counts = count_ngrams([key])
        if not len(codes) or not self.n_keys:
            return []
        places = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        is_known = self._codes[places] == codes
        # An n-gram that no key has still makes the name longer, and so less like any of them.
        idf = np.where(is_known, self._idf[places], self._rarest)
        weights = (1 + np.log(counts, dtype=np.float32)) * idf
        weights /= np.sqrt((weights**2).sum())
        scores = np.zeros(self.n_keys, np.float32)
        for place in np.flatnonzero(is_known & ~self._negligible(weights, idf)):
            held = slice(*self._starts[places[place] : places[place] + 2].tolist())
            scores[self._keys[held]] += self._weights[held] * (weights[place] / _SCALE)
        return _best(scores, n)

    def weight_of_word(self, word: str) -> float:
        """How telling a word is: the idf of its rarest n-gram."""
        codes = np.array(word_ngrams(word), np.uint32)
        if not len(codes) or not self.n_keys:
            return self._rarest
        places = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        return float(np.where(self._codes[places] == codes, self._idf[places], self._rarest).max())

    def _negligible(
        self, weights: npt.NDArray[np.float32], idf: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.bool_]:
        order = np.argsort(idf, kind="stable")
        is_negligible = np.zeros(len(weights), dtype=bool)
        is_negligible[order] = np.cumsum(weights[order] ** 2) < _NEGLIGIBLE
        return is_negligible

    @cached_property
    def _idf(self) -> npt.NDArray[np.float32]:
        return _idf(np.diff(self._starts).astype(np.int64), self.n_keys)

    @cached_property
    def _rarest(self) -> float:
        return float(_idf(np.array([1]), max(self.n_keys, 1))[0])


def _idf(frequencies: npt.NDArray[np.int64], n_keys: int) -> npt.NDArray[np.float32]:
    return (1 + np.log(max(n_keys, 1) / frequencies)).astype(np.float32)


def _best(scores: npt.NDArray[np.float32], n: int) -> list[Candidate]:
    touched = np.flatnonzero(scores)
    if len(touched) > n:
        least = np.partition(scores[touched], len(touched) - n)[len(touched) - n]
        touched = touched[scores[touched] >= least]
    order = np.lexsort((touched, -scores[touched]))[:n]
    return [Candidate(int(key), float(scores[key])) for key in touched[order]]
