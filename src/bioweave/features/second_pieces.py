"""The same windows in a second vocabulary, for taggers with two encoders.

Windows are cut by the first tokenizer. The second one may need more pieces for the same words, or
fewer, or see case where the first does not: the two only have the words in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from bioweave.errors import ConfigurationError
from bioweave.text import align_pieces

if TYPE_CHECKING:
    from bioweave.features.windows import Window

_WINDOWS_AT_ONCE = 2048


@dataclass(frozen=True, slots=True, eq=False)
class SecondPieces:
    """A window's pieces in the second vocabulary: see `Window` for their shapes and meaning."""

    piece_ids: npt.NDArray[np.int32]
    word_pieces: npt.NDArray[np.int32]


def with_second_pieces(
    texts: Sequence[str],
    windows: Sequence[Sequence[Window]],
    tokenizer: Tokenizer,
    max_pieces: int,
) -> list[list[Window]]:
    """Each text's windows, with their pieces in the tokenizer's vocabulary as well.

    Of pieces beyond `max_pieces`, special ones counted, the words behind have none. Raises
    ConfigurationError where that leaves no room for a piece beside the special ones.
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
    flat = [(text, one) for text, own in zip(texts, windows, strict=True) for one in own]
    done: list[Window] = []
    for start in range(0, len(flat), _WINDOWS_AT_ONCE):
        block = flat[start : start + _WINDOWS_AT_ONCE]
        stretches = [text[_first(one) : int(one.word_chars[-1, 1])] for text, one in block]
        encodings = tokenizer.encode_batch(stretches, add_special_tokens=False)
        for (_, window), encoding in zip(block, encodings, strict=True):
            offsets = np.array(encoding.offsets, dtype=np.int32).reshape(-1, 2) + _first(window)
            aligned = np.asarray(align_pieces(window.word_chars, offsets), dtype=np.int32)
            pieces = SecondPieces(
                np.array([*before, *encoding.ids[:room], *after], dtype=np.int32),
                np.minimum(aligned, min(room, len(encoding.ids))) + np.int32(len(before)),
            )
            done.append(replace(window, second=pieces))
    remaining = iter(done)
    return [[next(remaining) for _ in own] for own in windows]


def special_pieces(tokenizer: Tokenizer) -> tuple[list[int], list[int]]:
    """The ids that the tokenizer puts before and after a single text."""
    encoding = tokenizer.encode("a")
    is_special = encoding.special_tokens_mask
    n_before = is_special.index(0) if 0 in is_special else len(is_special)
    n_after = is_special[::-1].index(0) if 0 in is_special else 0
    return encoding.ids[:n_before], encoding.ids[len(encoding.ids) - n_after :]


def _first(window: Window) -> int:
    return int(window.word_chars[0, 0])
