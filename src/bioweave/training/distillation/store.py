"""Soft tags on disk: only words that a head may find something in take room."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bioweave.errors import ConfigurationError

Probabilities = npt.NDArray[np.float32]

# A word whose O is at least this probable is taken for a certain O.
SURE = 0.995
_FULL = 65_535  # a probability of 1 in 16 bits


@dataclass(frozen=True, slots=True, eq=False)
class SoftTags:
    """A document's soft tags, sparse.

    `places` [n] are word * n_heads + head, ascending; `probabilities` uint16 [n, tags - 1] are
    those of every tag but O, in units of 1/65535. Everything else is O.
    """

    n_words: int
    n_heads: int
    places: npt.NDArray[np.int32]
    probabilities: npt.NDArray[np.uint16]

    @classmethod
    def of(cls, probabilities: Probabilities) -> SoftTags:
        """Of [words, heads, tags], tag 0 being O."""
        n_words, n_heads, n_tags = probabilities.shape
        flat = probabilities.reshape(n_words * n_heads, n_tags)
        places = np.flatnonzero(flat[:, 0] < SURE).astype(np.int32)
        kept = np.rint(flat[places, 1:] * _FULL).clip(0, _FULL).astype(np.uint16)
        return cls(n_words, n_heads, places, kept)

    def dense(self) -> Probabilities:
        """[words, heads, tags]; each head's tags sum to 1."""
        n_tags = self.probabilities.shape[1] + 1
        flat = np.zeros((self.n_words * self.n_heads, n_tags), dtype=np.float32)
        flat[self.places, 1:] = self.probabilities.astype(np.float32) / _FULL
        flat[:, 0] = 1.0 - flat[:, 1:].sum(axis=1)
        return flat.reshape(self.n_words, self.n_heads, n_tags)


class LabelStore:
    """A folder of soft tags, a file for each shard of documents, with what they were made from.

    `description` says whose labels of which texts these are: a folder that holds others is
    refused rather than mixed up.
    """

    def __init__(self, folder: Path, description: dict[str, Any]) -> None:
        self.folder = folder
        path = folder / "labels.json"
        text = json.dumps(description, indent=2, sort_keys=True) + "\n"
        if path.is_file():
            if path.read_text(encoding="utf-8") != text:
                raise ConfigurationError(
                    f"{folder} holds labels of other teachers, texts or settings (see "
                    f"{path.name}); name another folder, or delete this one"
                )
            return
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def has(self, shard: int) -> bool:
        """Whether a shard is there, whole."""
        return self._path(shard).is_file()

    def write(self, shard: int, documents: Sequence[SoftTags]) -> None:
        """Write a shard, so that it is there whole or not at all."""
        n_tags = {one.probabilities.shape[1] for one in documents} or {0}
        if len(n_tags) > 1:
            raise ValueError(f"documents of {sorted(n_tags)} tags in one shard")
        # With its suffix, or numpy would append one.
        unfinished = self.folder / f"unfinished-{shard:05d}.npz"
        np.savez_compressed(
            unfinished,
            n_words=np.array([one.n_words for one in documents], dtype=np.int32),
            n_heads=np.array([one.n_heads for one in documents], dtype=np.int32),
            n_places=np.array([len(one.places) for one in documents], dtype=np.int32),
            places=np.concatenate([np.empty(0, np.int32), *(one.places for one in documents)]),
            probabilities=np.concatenate(
                [np.empty((0, *n_tags), np.uint16), *(one.probabilities for one in documents)]
            ),
        )
        unfinished.replace(self._path(shard))

    def read(self, shard: int) -> Iterator[SoftTags]:
        """The documents of a shard. Raises ConfigurationError where it is missing or damaged."""
        path = self._path(shard)
        try:
            with np.load(path, allow_pickle=False) as arrays:
                parts = {name: arrays[name] for name in arrays.files}
            ends = np.cumsum(parts["n_places"])
            for n_words, n_heads, count, end in zip(
                parts["n_words"], parts["n_heads"], parts["n_places"], ends, strict=True
            ):
                inside = slice(int(end - count), int(end))
                yield SoftTags(
                    int(n_words),
                    int(n_heads),
                    parts["places"][inside],
                    parts["probabilities"][inside],
                )
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise ConfigurationError(
                f"{path}: no readable labels ({error}); delete it, and it is made again"
            ) from error

    def _path(self, shard: int) -> Path:
        return self.folder / f"{shard:05d}.npz"
