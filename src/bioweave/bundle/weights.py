"""Matrices of floats -> 8-bit integers and scales."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

FloatMatrix: TypeAlias = npt.NDArray[np.float32]
Int8Matrix: TypeAlias = npt.NDArray[np.int8]

# Processors without VNNI multiply unsigned by signed bytes in pairs and saturate the sum of each
# pair at 16 bits: 255 * 128 = 32640 still fits. A pair is two neighbours in a column, from the top.
_LARGEST_PAIR = 128
_LARGEST = 127


def quantise_columns(weights: FloatMatrix) -> tuple[Int8Matrix, FloatMatrix]:
    """Integers [K, N] and a scale [N] for each column, so that `integers * scale` is near.

    Neighbours 2k and 2k + 1 of a column never exceed 128 together in magnitude, so that products
    with unsigned bytes are exact on every processor (the usual remedy, 7 bits for each weight,
    doubles the error).
    """
    n_rows = len(weights)
    padded = np.zeros((n_rows + n_rows % 2, weights.shape[1]))
    padded[:n_rows] = weights
    magnitudes = np.abs(padded)
    pairs = magnitudes[0::2] + magnitudes[1::2]
    scales = np.maximum(pairs.max(axis=0) / _LARGEST_PAIR, magnitudes.max(axis=0) / _LARGEST)
    scales = np.maximum(scales, np.finfo(np.float32).tiny)
    integers = np.clip(np.rint(padded / scales), -_LARGEST, _LARGEST)
    # Both of a pair may have been rounded up: the larger steps back.
    sizes = np.abs(integers)
    exceeds = sizes[0::2] + sizes[1::2] > _LARGEST_PAIR
    first_larger = sizes[0::2] >= sizes[1::2]
    integers[0::2] -= np.sign(integers[0::2]) * (exceeds & first_larger)
    integers[1::2] -= np.sign(integers[1::2]) * (exceeds & ~first_larger)
    return integers[:n_rows].astype(np.int8), scales.astype(np.float32)


def quantise_rows(table: FloatMatrix) -> tuple[Int8Matrix, FloatMatrix]:
    """Integers [V, D] and a scale [V, 1] for each row of an embedding table."""
    scales = np.abs(table).max(axis=1, keepdims=True) / np.float32(_LARGEST)
    scales = np.maximum(scales, np.finfo(np.float32).tiny).astype(np.float32)
    return np.rint(table / scales).astype(np.int8), scales
