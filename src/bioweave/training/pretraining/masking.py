"""Whole-word masking: which pieces are hidden, behind what, and what has to be predicted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bioweave.training.pretraining.special import SpecialPieces

Int64Array = npt.NDArray[np.int64]

# Of the pieces to be predicted so many are hidden, and so many more replaced by any other; the rest
# stay as they are, so that what is seen is worth believing (Devlin et al., 2019, section 3.1).
_HIDDEN, _REPLACED = 0.8, 0.1


@dataclass(frozen=True, slots=True, eq=False)
class MaskedRows:
    """Sequences with some pieces hidden.

    `piece_ids` [rows, pieces] is what the encoder sees; `positions` [predicted], ascending, count
    through all rows; `targets` [predicted] are the ids that stood there.
    """

    piece_ids: Int64Array
    positions: Int64Array
    targets: Int64Array

    def split(self, n_rows: int) -> Iterator[MaskedRows]:
        """The same in groups of at most `n_rows` rows."""
        width = self.piece_ids.shape[1]
        for start in range(0, len(self.piece_ids), n_rows):
            rows = self.piece_ids[start : start + n_rows]
            edges = [start * width, (start + len(rows)) * width]
            first, last = np.searchsorted(self.positions, edges)
            yield MaskedRows(rows, self.positions[first:last] - edges[0], self.targets[first:last])


@dataclass(frozen=True, slots=True)
class WordMasker:
    """Hides whole words, each with probability `share`, and so that share of the pieces.

    Pieces of one word are predicted together (Devlin et al.'s later models): a part of a
    name is too easily guessed from the rest of it. What becomes of each is decided piece by
    piece, as there. Special pieces are neither predicted nor drawn as replacements.
    """

    special: SpecialPieces
    share: float

    def __call__(
        self,
        piece_ids: Int64Array,
        begins_word: npt.NDArray[np.bool_],
        random: np.random.Generator,
    ) -> MaskedRows:
        """Mask sequences [rows, pieces]; a word never goes on from one row to the next."""
        begins_word = begins_word.copy()
        begins_word[:, 0] = True
        word = np.cumsum(begins_word.ravel()).reshape(piece_ids.shape) - 1
        is_chosen = random.random(word[-1, -1] + 1) < self.share
        is_predicted = is_chosen[word] & self.special.is_ordinary[piece_ids]
        fate = random.random(piece_ids.shape)
        ordinary = np.flatnonzero(self.special.is_ordinary)
        others = ordinary[random.integers(len(ordinary), size=piece_ids.shape)]
        seen = np.where(is_predicted & (fate < _HIDDEN), self.special.mask, piece_ids)
        is_replaced = is_predicted & (fate >= _HIDDEN) & (fate < _HIDDEN + _REPLACED)
        seen = np.where(is_replaced, others, seen)
        positions = np.flatnonzero(is_predicted)
        return MaskedRows(seen, positions, piece_ids.ravel()[positions])
