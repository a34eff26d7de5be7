"""The same windows in a second vocabulary, for taggers with two encoders.

Windows are cut by the first tokenizer. The second one may need more pieces for the same words, or
fewer, or see case where the first does not: the two only have the words in common.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from bioweave.errors import ConfigurationError
from bioweave.text import align_pieces

_STRETCHES_AT_ONCE = 2048


@dataclass(frozen=True, slots=True, eq=False)
class SecondPieces:
    """A window's pieces in the second vocabulary: see `Window` for their shapes and meaning."""

    piece_ids: npt.NDArray[np.int32]
    word_pieces: npt.NDArray[np.int32]


def second_pieces(
    stretches: Sequence[tuple[str, npt.NDArray[np.int32]]], tokenizer: Tokenizer, max_pieces: int
) -> Iterator[SecondPieces]:
    """The pieces of stretches of text, each given with where its words stand in it [W, 2].

    A stretch goes from its first word to its last. Of pieces beyond `max_pieces`, special ones
    counted, the words behind have none. Raises ConfigurationError where that leaves no room for a
    piece beside the special ones.
    """
    tokenizer.no_truncation()
    tokenizer.no_padding()
    before, after = special_pieces(tokenizer)
    room = max_pieces - len(before) - len(after)
    if room < 1:
        raise ConfigurationError(
            f"windows.second_max_pieces = {max_pieces} leaves no room beside "
            f"{len(before) + len(after)} special pieces"
        )
    for start in range(0, len(stretches), _STRETCHES_AT_ONCE):
        block = stretches[start : start + _STRETCHES_AT_ONCE]
        encodings = tokenizer.encode_batch(
            [text[int(words[0, 0]) : int(words[-1, 1])] for text, words in block],
            add_special_tokens=False,
        )
        for (_, words), encoding in zip(block, encodings, strict=True):
            offsets = np.array(encoding.offsets, dtype=np.int32).reshape(-1, 2) + words[0, 0]
            aligned = np.asarray(align_pieces(words, offsets), dtype=np.int32)
            yield SecondPieces(
                np.array([*before, *encoding.ids[:room], *after], dtype=np.int32),
                np.minimum(aligned, min(room, len(encoding.ids))) + np.int32(len(before)),
            )


def special_pieces(tokenizer: Tokenizer) -> tuple[list[int], list[int]]:
    """The ids that the tokenizer puts before and after a single text."""
    encoding = tokenizer.encode("a")
    is_special = encoding.special_tokens_mask
    n_before = is_special.index(0) if 0 in is_special else len(is_special)
    n_after = is_special[::-1].index(0) if 0 in is_special else 0
    return encoding.ids[:n_before], encoding.ids[len(encoding.ids) - n_after :]
