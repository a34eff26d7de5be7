"""The heads' linear chains: what a CRF learned beside the emissions, all heads stacked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from bioweave.document import TagSet
from bioweave.errors import BundleError

FloatArray: TypeAlias = npt.NDArray[np.float64]

FORBIDDEN = -1e4  # as a log-score; its exponential is 0


@dataclass(frozen=True, eq=False)
class Chain:
    """One head's scores: `start` [T], `transitions` [T, T] from row to column, `end` [T]."""

    tag_set: TagSet
    start: FloatArray
    transitions: FloatArray
    end: FloatArray

    @classmethod
    def independent(cls, tag_set: TagSet) -> Chain:
        """A chain without ties: each word's tags are a softmax of their own."""
        n_tags = len(tag_set)
        return cls(tag_set, np.zeros(n_tags), np.zeros((n_tags, n_tags)), np.zeros(n_tags))

    @cached_property
    def continues(self) -> npt.NDArray[np.bool_]:
        """[T, T], True where a span whose last tag is the row goes on with the column."""
        names = self.tag_set.names
        return np.array(
            [
                [left[0] in "BI" and right[0] in "IE" and left[2:] == right[2:] for right in names]
                for left in names
            ]
        )


@dataclass(frozen=True, eq=False)
class Chains:
    """All heads' chains in one: [H, ...] with the tags of smaller heads filled up as forbidden."""

    heads: tuple[Chain, ...]

    @cached_property
    def n_tags(self) -> int:
        """Tags of the largest head."""
        return max(len(head.tag_set) for head in self.heads)

    @cached_property
    def columns(self) -> tuple[slice, ...]:
        """Where each head's tags stand on the last axis of the emissions."""
        edges = accumulate((len(head.tag_set) for head in self.heads), initial=0)
        return tuple(slice(start, end) for start, end in pairwise(edges))

    @cached_property
    def start(self) -> FloatArray:
        """[H, T]."""
        return self._filled([head.start for head in self.heads], FORBIDDEN)

    @cached_property
    def end(self) -> FloatArray:
        """[H, T]."""
        return self._filled([head.end for head in self.heads], FORBIDDEN)

    @cached_property
    def transitions(self) -> FloatArray:
        """[H, T, T]."""
        return self._filled([head.transitions for head in self.heads], FORBIDDEN)

    @cached_property
    def continues(self) -> npt.NDArray[np.bool_]:
        """[H, T, T], see `Chain.continues`."""
        return self._filled([head.continues for head in self.heads], 0.0) > 0

    def _filled(self, rows: Sequence[npt.NDArray[np.generic]], value: float) -> FloatArray:
        shape = (len(rows), *(self.n_tags for _ in range(rows[0].ndim)))
        filled = np.full(shape, value)
        for target, row in zip(filled, rows, strict=True):
            target[tuple(slice(size) for size in row.shape)] = row
        return filled


def save_chains(path: Path, chains: Chains) -> None:
    """Write the scores as `.npz`; equal scores give equal files."""
    arrays: dict[str, npt.NDArray[np.float32]] = {}
    for position, head in enumerate(chains.heads):
        for name in ("start", "transitions", "end"):
            arrays[f"{position}.{name}"] = getattr(head, name).astype(np.float32)
    np.savez(path, **arrays)  # type: ignore[arg-type]


def load_chains(path: Path, tag_sets: Sequence[TagSet]) -> Chains:
    """What `save_chains` wrote, for heads with these tags; BundleError where it does not fit."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            heads = tuple(
                _chain(arrays, position, tag_set) for position, tag_set in enumerate(tag_sets)
            )
    except (OSError, ValueError, KeyError) as error:
        raise BundleError(
            f"{path}: no readable CRF weights for {len(tag_sets)} heads ({error}); "
            "export the bundle again"
        ) from error
    return Chains(heads)


def _chain(arrays: Mapping[str, npt.NDArray[np.float32]], position: int, tag_set: TagSet) -> Chain:
    n_tags = len(tag_set)
    parts = [
        arrays[f"{position}.{name}"].astype(np.float64) for name in ("start", "transitions", "end")
    ]
    shapes = [part.shape for part in parts]
    if shapes != [(n_tags,), (n_tags, n_tags), (n_tags,)]:
        raise ValueError(f"head {position} has {n_tags} tags, its weights have shapes {shapes}")
    return Chain(tag_set, *parts)
