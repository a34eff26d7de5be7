"""Which pieces (subwords) a word is made of, by character offsets alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

# Pairs of start and end, or an integer array [n, 2] of them.
Offsets: TypeAlias = Sequence[tuple[int, int]] | npt.NDArray[np.signedinteger[Any]]


def align_pieces(words: Offsets, piece_offsets: Offsets) -> npt.NDArray[np.int32]:
    """[n_words, 2]: the half-open range of pieces that share a character with each word.

    Words (in order and disjoint) and pieces have offsets in code points of one text. A piece with
    an empty offset (a special token) is skipped, one that covers only spaces belongs to no word,
    and one that straddles two words belongs to both. A word that no piece covers, because the
    tokenizer's normaliser dropped it, gets an empty range `(k, k)` where it would stand.

    Only offsets are compared, never text: it works whatever the tokenizer normalises.

    >>> align_pieces([(0, 5), (5, 6)], [(0, 0), (0, 3), (3, 5), (5, 6), (0, 0)]).tolist()
    [[1, 3], [3, 4]]
    """
    if len(words) == 0:
        return np.zeros((0, 2), dtype=np.int32)
    word_offsets = np.asarray(words, dtype=np.int64)
    offsets = np.asarray(piece_offsets, dtype=np.int64).reshape(-1, 2)
    (real,) = np.nonzero(offsets[:, 0] < offsets[:, 1])
    if len(real) == 0:
        return np.zeros((len(word_offsets), 2), dtype=np.int32)
    # Normalisers that reorder marks can make offsets step back: running extremes keep the search
    # exact for ordered pieces and make it the smallest covering range for the others.
    piece_ends = np.maximum.accumulate(offsets[real, 1])
    piece_starts = np.minimum.accumulate(offsets[real[::-1], 0])[::-1]
    first = np.searchsorted(piece_ends, word_offsets[:, 0], side="right")
    last = np.searchsorted(piece_starts, word_offsets[:, 1], side="left")
    # One past the last real piece is where a word without pieces at the very end would stand.
    index = np.append(real, real[-1] + 1)
    ranges = np.empty((len(word_offsets), 2), dtype=np.int32)
    ranges[:, 0] = index[first]
    ranges[:, 1] = np.where(last > first, index[np.maximum(last, 1) - 1] + 1, ranges[:, 0])
    return ranges
