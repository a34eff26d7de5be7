"""Words -> the characters they are made of, as numbers.

Everything here works on whole arrays of words at once: Python touches a word only to cut one that
is too long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bioweave.errors import ConfigurationError

_BLOCK = 1 << 16  # code points below this have a place in the look-up table

# Printable ASCII, what Latin-1 adds, Greek with the letters that papers use as symbols, and the
# dashes, primes, quotes, arrows and relations of typeset text.
_RANGES = ((0x21, 0x7F), (0xA1, 0x100), (0x391, 0x3CA), (0x2010, 0x2016))
_OTHERS = "‘’“”†‡•…‰′″‴€™Ωℓ←↑→↓↔Δ∂−∕∗∙√∞∼≈≠≡≤≥⩽⩾ϕϑϵ\u00ad\ufb01\ufb02"
COMMON_CHARACTERS = "".join(
    dict.fromkeys("".join(chr(c) for low, high in _RANGES for c in range(low, high)) + _OTHERS)
)


def code_points(words: Sequence[str], n_characters: int) -> npt.NDArray[np.uint32]:
    """The code points of each word, [n_words, n_characters], zero after a word's end.

    A word that is longer keeps its beginning and its end in equal parts: prefixes and suffixes
    tell more than middles.
    """
    tail = n_characters // 2
    head = n_characters - tail
    cut = [
        word if len(word) <= n_characters else word[:head] + word[len(word) - tail :]
        for word in words
    ]
    if "\0" in "".join(cut):  # zero means that the word has ended
        cut = [word.replace("\0", "\ufffd") for word in cut]
    letters = np.array(cut, dtype=f"<U{n_characters}")
    return letters.view("<u4").reshape(len(cut), n_characters)


@dataclass(frozen=True)
class CharacterEncoder:
    """Numbers the characters of words: 0 pads, 1 is any character outside the alphabet.

    >>> CharacterEncoder("abc", n_characters=4).encode(["cab", "a?"])
    array([[4, 2, 3, 0],
           [2, 1, 0, 0]])
    """

    alphabet: str = COMMON_CHARACTERS
    n_characters: int = 24  # a word in 40,000 is longer (abstracts, bioweave's own words)

    def __post_init__(self) -> None:
        if len(set(self.alphabet)) != len(self.alphabet):
            raise ConfigurationError(
                "a character alphabet names a character twice; write each once"
            )
        if self.n_characters < 1:
            raise ConfigurationError(f"n_characters is {self.n_characters}; it must be at least 1")

    @property
    def n_ids(self) -> int:
        """How many different numbers there are: the alphabet, padding and unknown."""
        return len(self.alphabet) + 2

    def encode(self, words: Sequence[str]) -> npt.NDArray[np.int64]:
        """Character ids, [n_words, n_characters]; a longer word keeps its head and its tail."""
        points = code_points(words, self.n_characters)
        ids = self._table[np.minimum(points, _BLOCK)]
        beyond = points >= _BLOCK
        if beyond.any():
            ids[beyond] = [self._beyond.get(int(point), 1) for point in points[beyond]]
        return ids

    @cached_property
    def _table(self) -> npt.NDArray[np.int64]:
        table = np.ones(_BLOCK + 1, dtype=np.int64)
        table[0] = 0
        for position, character in enumerate(self.alphabet):
            if ord(character) < _BLOCK:
                table[ord(character)] = position + 2
        return table

    @cached_property
    def _beyond(self) -> dict[int, int]:
        return {
            ord(character): position + 2
            for position, character in enumerate(self.alphabet)
            if ord(character) >= _BLOCK
        }
