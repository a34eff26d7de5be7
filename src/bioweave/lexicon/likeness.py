"""Names of one label that look like a name: an index in the lexicon's file for each label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from bioweave.lexicon.candidates import CandidateIndex
from bioweave.lexicon.container import Section

if TYPE_CHECKING:
    from bioweave.lexicon.lexicon import Lexicon

LIKENESS = "like."  # what the names of these sections begin with
_PARTS = ("codes", "starts", "keys", "weights", "n_keys")


class LikeKey(NamedTuple):
    """A key by its number in the lexicon, and how alike its n-grams are: a cosine, 0 to 1."""

    number: int
    cosine: float


class LikeKeys:
    """Finds the keys of one label by their character n-grams (TF-IDF)."""

    def __init__(self, lexicon: Lexicon, label: str) -> None:
        prefix = _prefix(lexicon.labels.index(label))
        self._numbers: npt.NDArray[np.uint32] = lexicon.sections.array(f"{prefix}.numbers")
        self._index = CandidateIndex.from_arrays(
            {part: lexicon.sections.array(f"{prefix}.{part}") for part in _PARTS}
        )

    def search(self, key: str, n: int) -> list[LikeKey]:
        """The `n` keys most like this one, best first; of equals the first in the alphabet."""
        found = self._index.search(key, n)
        return [LikeKey(int(self._numbers[one.key]), one.cosine) for one in found]

    def weight_of_word(self, word: str) -> float:
        """How telling a word is among the label's names: the idf of its rarest n-gram."""
        return self._index.weight_of_word(word)


def likeness_sections(
    keys: Sequence[str],
    name_keys: npt.NDArray[np.uint32],
    name_labels: npt.NDArray[np.uint8],
    n_labels: int,
) -> dict[str, Section]:
    """What `LikeKeys` reads: for each label the keys that its concepts have, and their n-grams."""
    sections: dict[str, Section] = {}
    for label in range(n_labels):
        numbers = np.unique(name_keys[name_labels == label])
        index = CandidateIndex.build([keys[number] for number in numbers.tolist()])
        prefix = _prefix(label)
        sections[f"{prefix}.numbers"] = numbers
        sections |= {f"{prefix}.{part}": index.arrays[part] for part in _PARTS}
    return sections


def _prefix(label: int) -> str:
    return f"{LIKENESS}{label}"
