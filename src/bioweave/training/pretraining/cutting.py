"""Passages -> pieces, each marked where a word begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

# A piece's id, with the highest bit set where a word begins.
MarkedPieces: TypeAlias = npt.NDArray[np.unsignedinteger[Any]]


class PassageCutter:
    """Cuts passages into marked pieces of the integer type `kind`, a separator after each.

    Words are the tokenizer's own, what it splits at before it looks for pieces: BERT's and MPNet's
    are runs of letters and digits, and single punctuation marks, as this project's words are.
    """

    def __init__(self, tokenizer: Tokenizer, separator: Sequence[int]) -> None:
        highest = max(tokenizer.get_vocab().values())
        self.kind: np.dtype[Any] = np.dtype(np.uint16 if highest < 1 << 15 else np.uint32)
        self._tokenizer = tokenizer
        # Without one there are no words, and all of a passage would count as one.
        self._has_words = tokenizer.pre_tokenizer is not None
        self._mark = _mark(self.kind)
        self._separator = np.array(separator, dtype=self.kind) | self._mark

    def __call__(self, passages: Sequence[str]) -> list[MarkedPieces]:
        """The pieces of each passage; none where the tokenizer leaves nothing of it."""
        encodings = self._tokenizer.encode_batch(list(passages), add_special_tokens=False)
        return [self._marked(encoding) for encoding in encodings]

    def _marked(self, encoding: Encoding) -> MarkedPieces:
        ids = np.array(encoding.ids, dtype=self.kind)
        begins = np.ones(len(ids), dtype=np.bool_)
        if self._has_words and len(ids):
            words = [-1 if word is None else word for word in encoding.word_ids]
            begins[1:] = np.diff(words) != 0
        ids[begins] |= self._mark
        return np.concatenate([ids, self._separator]) if len(ids) else ids


def unmark(pieces: MarkedPieces) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """The ids of pieces, and whether a word begins there."""
    mark = _mark(pieces.dtype)
    return (pieces & ~mark).astype(np.int64), (pieces & mark) != 0


def _mark(kind: np.dtype[Any]) -> Any:
    return kind.type(1 << (8 * kind.itemsize - 1))
