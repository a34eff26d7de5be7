"""Windows -> batches: padded arrays under the names of the graph's inputs.

As with taggers, what a window is padded to depends on that window alone and a batch holds windows
of one shape, so that a window's scores do not depend on its neighbours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from bioweave.features.batches import padded
from bioweave.relating.windows import MarkedWindow

Shape: TypeAlias = tuple[int, int]  # padded pieces, padded places


def bucket_marked(
    windows: Sequence[MarkedWindow], max_pieces: int
) -> Iterator[tuple[Shape, list[int]]]:
    """The padded shape and the indices of the windows of each batch, longest first.

    `max_pieces` limits the padded pieces of a batch; a batch has at least one window.
    """
    by_shape: dict[Shape, list[int]] = defaultdict(list)
    for index, window in enumerate(windows):
        by_shape[padded(len(window.piece_ids)), padded(len(window.places))].append(index)
    for shape, indices in sorted(by_shape.items(), reverse=True):
        size = max(max_pieces // shape[0], 1)
        for start in range(0, len(indices), size):
            yield shape, indices[start : start + size]


def pad_marked(
    windows: Sequence[MarkedWindow], shape: Shape | None = None
) -> dict[str, npt.NDArray[Any]]:
    """piece_ids and piece_mask [B, P], places and roles [B, M], int64; padding is 0 everywhere.

    `shape` is (P, M), by default what the longest window needs.
    """
    if shape is None:
        shape = (
            padded(max(len(window.piece_ids) for window in windows)),
            padded(max(len(window.places) for window in windows)),
        )
    n_pieces, n_places = shape
    inputs = {
        "piece_ids": np.zeros((len(windows), n_pieces), dtype=np.int64),
        "piece_mask": np.zeros((len(windows), n_pieces), dtype=np.int64),
        "places": np.zeros((len(windows), n_places), dtype=np.int64),
        "roles": np.zeros((len(windows), n_places), dtype=np.int64),
    }
    for row, window in enumerate(windows):
        inputs["piece_ids"][row, : len(window.piece_ids)] = window.piece_ids
        inputs["piece_mask"][row, : len(window.piece_ids)] = 1
        inputs["places"][row, : len(window.places)] = window.places
        inputs["roles"][row, : len(window.roles)] = window.roles
    return inputs
