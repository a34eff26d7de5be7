"""Names as bags of character n-grams, many at a time.

An n-gram is up to four bytes of a key's words, each word between spaces, as one number. Keys are
nearly always ASCII, so bytes and characters are mostly the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

LENGTHS = (2, 3, 4)
_SPACE = ord(" ")
_END = ord("\n")


class NgramCounts(NamedTuple):
    """Which n-gram stands how often in which key; sorted by n-gram, then by key."""

    codes: npt.NDArray[np.uint32]
    owners: npt.NDArray[np.uint32]
    counts: npt.NDArray[np.uint16]


def count_ngrams(keys: Iterable[str]) -> NgramCounts:
    """The n-grams of every key; keys are numbered in their order.

    An n-gram never runs over a space, so that words may stand in any order, and the space is
    part of those at a word's edge.
    """
    text = np.frombuffer("".join(f" {key} \n" for key in keys).encode(), dtype=np.uint8)
    owners = np.cumsum(text == _END, dtype=np.uint32)
    pairs = np.concatenate(
        [_pairs(text, owners, length) for length in LENGTHS] or [np.empty(0, np.uint64)]
    )
    unique, counts = np.unique(pairs, return_counts=True)
    return NgramCounts(
        (unique >> np.uint64(32)).astype(np.uint32),
        (unique & np.uint64(0xFFFFFFFF)).astype(np.uint32),
        np.minimum(counts, np.iinfo(np.uint16).max).astype(np.uint16),
    )


def word_ngrams(word: str) -> list[int]:
    """The n-grams of a single word, each as often as it stands there: for one word much faster."""
    text = f" {word} ".encode()
    return [
        int.from_bytes(text[place : place + length], "little")
        for length in LENGTHS
        for place in range(len(text) - length + 1)
    ]


def _pairs(
    text: npt.NDArray[np.uint8], owners: npt.NDArray[np.uint32], length: int
) -> npt.NDArray[np.uint64]:
    """(n-gram << 32 | key) of every place where an n-gram of this length stands."""
    n = len(text) - length + 1
    if n <= 0:
        return np.empty(0, np.uint64)
    codes = np.zeros(n, np.uint32)
    is_whole = np.ones(n, dtype=bool)
    for place in range(length):
        column = text[place : place + n]
        codes |= column.astype(np.uint32) << np.uint32(8 * place)
        is_whole &= column != _END
        if 0 < place < length - 1:
            is_whole &= column != _SPACE
    return (codes[is_whole].astype(np.uint64) << np.uint64(32)) | owners[:n][is_whole]
