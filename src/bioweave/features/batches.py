"""Windows -> batches: padded arrays under the names of the graph's inputs.

What a window is padded to depends on that window alone and a batch holds windows of one padded
length, so that a window's scores do not depend on its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from bioweave.features.windows import Window

AnyArray: TypeAlias = npt.NDArray[Any]

PADDING_STEP = 8  # piece and word axes are padded to a multiple of this


def padded(n: int) -> int:
    """`n` rounded up to the next multiple of 8, at least 8."""
    return max(-(-n // PADDING_STEP), 1) * PADDING_STEP


def bucket_windows(windows: Sequence[Window], max_pieces: int) -> Iterator[tuple[int, list[int]]]:
    """The padded length and the indices of the windows of each batch, longest first.

    `max_pieces` limits the padded pieces of a batch; a batch has at least one window.
    """
    by_length: dict[int, list[int]] = {}
    for index, window in enumerate(windows):
        by_length.setdefault(padded(len(window.piece_ids)), []).append(index)
    for n_pieces, indices in sorted(by_length.items(), reverse=True):
        size = max(max_pieces // n_pieces, 1)
        for start in range(0, len(indices), size):
            yield n_pieces, indices[start : start + size]


def pad_windows(
    windows: Sequence[Window],
    n_pieces: int | None = None,
    word_features: Sequence[Mapping[str, AnyArray]] = (),
) -> dict[str, AnyArray]:
    """The graph's inputs for a batch of windows.

    `n_pieces` is the padded length, by default that of the longest window. `word_features` holds
    each window's arrays [W, ...] by input name, or nothing. Padding is 0 everywhere; the inputs
    are piece_ids and piece_mask [B, P], word_pieces [B, W, 2], n_words [B], and the features; for
    a second encoder there are second_piece_ids and the like.
    """
    longest = max(len(window.piece_ids) for window in windows)
    width = padded(longest) if n_pieces is None else n_pieces
    if longest > width:
        raise ValueError(f"a window of {longest} pieces cannot be padded to {width}")
    n_words = np.array([len(window.word_pieces) for window in windows], dtype=np.int64)
    lengths = np.array([len(window.piece_ids) for window in windows], dtype=np.int64)
    shape = (len(windows), padded(int(n_words.max())))
    inputs: dict[str, AnyArray] = {
        "piece_ids": _stack([window.piece_ids for window in windows], (len(windows), width)),
        "piece_mask": (np.arange(width) < lengths[:, None]).astype(np.int64),
        "word_pieces": _stack([window.word_pieces for window in windows], (*shape, 2)),
        "n_words": n_words,
        **_second_inputs(windows, shape),
    }
    for name in word_features[0] if word_features else ():
        rows = [features[name] for features in word_features]
        inner = np.array([row.shape[1:] for row in rows]).max(axis=0)
        dtype = np.float32 if rows[0].dtype.kind == "f" else np.int64
        inputs[name] = _stack(rows, (*shape, *inner.astype(int).tolist()), dtype)
    return inputs


def _second_inputs(windows: Sequence[Window], shape: tuple[int, int]) -> dict[str, AnyArray]:
    """The pieces for a second encoder, by the same names with `second_` before them."""
    pieces = [window.second for window in windows if window.second is not None]
    if not pieces:
        return {}
    lengths = np.array([len(one.piece_ids) for one in pieces], dtype=np.int64)
    width = padded(int(lengths.max()))
    return {
        "second_piece_ids": _stack([one.piece_ids for one in pieces], (len(windows), width)),
        "second_piece_mask": (np.arange(width) < lengths[:, None]).astype(np.int64),
        "second_word_pieces": _stack([one.word_pieces for one in pieces], (*shape, 2)),
    }


def _stack(
    rows: Sequence[AnyArray], shape: tuple[int, ...], dtype: npt.DTypeLike = np.int64
) -> AnyArray:
    """The rows one under another in an array of `shape`, each in its upper left corner."""
    stacked = np.zeros(shape, dtype=dtype)
    for target, row in zip(stacked, rows, strict=True):
        target[tuple(slice(size) for size in row.shape)] = row
    return stacked
