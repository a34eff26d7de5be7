"""The sequences that a text's pieces are packed into, and the order they are learned in."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from bioweave.training.pretraining.cutting import MarkedPieces, unmark
from bioweave.training.pretraining.special import SpecialPieces

Int64Array = npt.NDArray[np.int64]


class PackedSequences:
    """A row of pieces cut every so many, with special pieces around each cut: no padding at all.

    A sequence may begin and end anywhere, in the middle of a passage or a word, and hold several
    passages (Liu et al., 2019, call it full sentences, across documents). What is left over at the
    end is dropped.
    """

    def __init__(self, pieces: MarkedPieces, special: SpecialPieces, *, max_pieces: int) -> None:
        n_special = len(special.before) + len(special.after)
        self.n_text_pieces = max_pieces - n_special
        self._special = special
        n_sequences = len(pieces) // self.n_text_pieces
        cut = pieces[: n_sequences * self.n_text_pieces]
        self._rows = cut.reshape(n_sequences, self.n_text_pieces)

    def __len__(self) -> int:
        return len(self._rows)

    def take(self, numbers: Int64Array) -> tuple[Int64Array, npt.NDArray[np.bool_]]:
        """Ids [rows, max_pieces] of the numbered sequences, and whether a word begins there."""
        ids, begins = unmark(self._rows[numbers])
        before, after = self._special.before, self._special.after
        n_before, n_after = len(before), len(after)
        ids = np.pad(ids, ((0, 0), (n_before, n_after)))
        ids[:, :n_before] = before
        ids[:, ids.shape[1] - n_after :] = after
        begins = np.pad(begins, ((0, 0), (n_before, n_after)), constant_values=True)
        begins[:, n_before] = True
        return ids, begins


class EndlessOrder:
    """Numbers below `n` in an endless row, shuffled anew for each pass.

    Any stretch of it can be asked for at any time: an interrupted run goes on where it was.
    """

    def __init__(self, n: int, seed: int) -> None:
        self._n = n
        self._seed = seed
        # A step may need the end of one pass and the beginning of the next.
        self._of_pass = lru_cache(maxsize=2)(self._shuffled)

    def stretch(self, start: int, length: int) -> Int64Array:
        """What stands at `start` and the places after it."""
        parts: list[Int64Array] = []
        end = start + length
        while start < end:
            number, within = divmod(start, self._n)
            parts.append(self._of_pass(number)[within : within + end - start])
            start += len(parts[-1])
        return np.concatenate(parts)

    def _shuffled(self, number: int) -> Int64Array:
        return np.random.default_rng((self._seed, number)).permutation(self._n)
