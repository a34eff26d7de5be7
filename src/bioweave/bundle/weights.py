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

# Of the features' mean square: keeps rounding sane where samples say little of a feature.
_DAMPING = 0.01
_ROWS_AT_ONCE = 64


def quantise_columns(
    weights: FloatMatrix, products: npt.NDArray[np.float64] | None = None
) -> tuple[Int8Matrix, FloatMatrix]:
    """Integers [K, N] and a scale [N] for each column, so that `integers * scale` is near.

    Neighbours 2k and 2k + 1 of a column never exceed 128 together in magnitude, so that products
    with unsigned bytes are exact on every processor (the usual remedy, 7 bits for each weight,
    doubles the error).

    `products` [K, K] is the mean of `outer(row, row)` of what the matrix is going to be multiplied
    with. Where it is known, each row makes up for what rounding cost the rows before it: GPTQ
    (Frantar et al., 2023), algorithm 1, with rows in their own order.
    """
    n_rows = len(weights)
    padded = np.zeros((n_rows + n_rows % 2, weights.shape[1]))
    padded[:n_rows] = weights
    magnitudes = np.abs(padded)
    pairs = magnitudes[0::2] + magnitudes[1::2]
    scales = np.maximum(pairs.max(axis=0) / _LARGEST_PAIR, magnitudes.max(axis=0) / _LARGEST)
    scales = np.maximum(scales, np.finfo(np.float32).tiny)
    if products is None:
        integers = _round_pairs(padded / scales)[:n_rows]
    else:
        integers = _round_in_turn(weights / scales, products)
    return integers.astype(np.int8), scales.astype(np.float32)


def quantise_rows(table: FloatMatrix) -> tuple[Int8Matrix, FloatMatrix]:
    """Integers [V, D] and a scale [V, 1] for each row of an embedding table."""
    scales = np.abs(table).max(axis=1, keepdims=True) / np.float32(_LARGEST)
    scales = np.maximum(scales, np.finfo(np.float32).tiny).astype(np.float32)
    return np.rint(table / scales).astype(np.int8), scales


def _round_pairs(scaled: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    integers = np.clip(np.rint(scaled), -_LARGEST, _LARGEST)
    # Both of a pair may have been rounded up: the larger steps back.
    sizes = np.abs(integers)
    exceeds = sizes[0::2] + sizes[1::2] > _LARGEST_PAIR
    first_larger = sizes[0::2] >= sizes[1::2]
    integers[0::2] -= np.sign(integers[0::2]) * (exceeds & first_larger)
    integers[1::2] -= np.sign(integers[1::2]) * (exceeds & ~first_larger)
    return integers


def _round_in_turn(
    scaled: npt.NDArray[np.float64], products: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    n_rows = len(scaled)
    left = scaled.astype(np.float64)
    damping = max(_DAMPING * float(np.diag(products).mean()), 1e-12)
    inverse = np.linalg.inv(products + damping * np.eye(n_rows))
    influence = np.linalg.cholesky(inverse).T
    integers = np.zeros_like(left)
    for start in range(0, n_rows, _ROWS_AT_ONCE):
        end = min(start + _ROWS_AT_ONCE, n_rows)
        errors = np.zeros((end - start, left.shape[1]))
        for row in range(start, end):
            limit = np.full(left.shape[1], float(_LARGEST))
            if row % 2:
                limit = np.minimum(limit, _LARGEST_PAIR - np.abs(integers[row - 1]))
            integers[row] = np.clip(np.rint(left[row]), -limit, limit)
            error = (left[row] - integers[row]) / influence[row, row]
            left[row + 1 : end] -= influence[row, row + 1 : end, None] * error
            errors[row - start] = error
        left[end:] -= influence[start:end, end:].T @ errors
    return integers
