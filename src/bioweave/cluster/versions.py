"""Which documents of a run stand: of several with one id the newest, and none that was deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bioweave.cluster.identity import HASHED, Identities

# What is sorted at a time; some 30 bytes each.
_KEYS_AT_ONCE = 4_000_000

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Versions:
    """How many documents there are, how many have a newer version, and how many were deleted.

    `n_conflicts` have no PMID, and their id belongs to a later document as well.
    `dropped[shard]` are the positions among a shard's documents that are left out, in order.
    """

    n_documents: int
    n_replaced: int
    n_deleted: int
    n_conflicts: int
    dropped: dict[int, Positions]

    @property
    def n_standing(self) -> int:
        """How many are to be annotated."""
        return self.n_documents - self.n_replaced - self.n_deleted - self.n_conflicts


def resolve_versions(
    files: Sequence[tuple[int, Path]], *, keys_at_once: int = _KEYS_AT_ONCE
) -> Versions:
    """What stands, by the identities of all shards, given with their numbers in order.

    Of documents with one id the highest version stands, of equal versions the last; a deletion
    takes back every document before it and none behind it. Memory does not grow with the run: the
    files are read several times, each time for a share of the keys.
    """
    n_keys = sum(len(Identities.read(path).keys) for _, path in files)
    n_rounds = -(-n_keys // keys_at_once)
    n_documents = n_replaced = n_deleted = n_conflicts = 0
    dropped: dict[int, list[Positions]] = {number: [] for number, _ in files}
    for one_round in range(n_rounds):
        share = _gather(files, one_round, n_rounds)
        is_document = share.versions > 0
        is_deleted = is_document & (share.places < share.deleted_at())
        stands = share.last_of_highest(is_document & ~is_deleted)
        goes = is_document & ~stands
        n_documents += int(is_document.sum())
        n_deleted += int(is_deleted.sum())
        is_conflict = goes & ~is_deleted & (share.keys >= HASHED)
        n_conflicts += int(is_conflict.sum())
        n_replaced += int(goes.sum() - is_deleted.sum() - is_conflict.sum())
        numbers, positions = share.shards[goes], share.positions[goes]
        order = np.argsort(numbers, kind="stable")
        found, begins = np.unique(numbers[order], return_index=True)
        for number, some in zip(found, np.split(positions[order], begins)[1:], strict=True):
            dropped[int(number)].append(some)
    merged = {
        number: np.sort(np.concatenate(positions)) if positions else np.zeros(0, np.int64)
        for number, positions in dropped.items()
    }
    return Versions(n_documents, n_replaced, n_deleted, n_conflicts, merged)


@dataclass(frozen=True, slots=True)
class _Share:
    """Documents and deletions of a share of the keys, those of one key together, in order."""

    keys: npt.NDArray[np.uint64]
    versions: npt.NDArray[np.uint8]
    shards: npt.NDArray[np.int32]
    positions: Positions
    places: Positions  # in the order of the run

    def deleted_at(self) -> Positions:
        """For each, the place of the last deletion of its key, -1 where there is none."""
        at = np.where(self.versions == 0, self.places, -1)
        return self._highest_of_key(at)

    def last_of_highest(self, is_candidate: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Which candidate of each key has the highest version, and among those the last place."""
        rank = np.where(is_candidate, (self.versions.astype(np.int64) << 48) + self.places, -1)
        stands: npt.NDArray[np.bool_] = is_candidate & (rank == self._highest_of_key(rank))
        return stands

    def _highest_of_key(self, values: Positions) -> Positions:
        if not len(values):
            return values
        begins = np.r_[True, self.keys[1:] != self.keys[:-1]]
        highest: Positions = np.maximum.reduceat(values, np.flatnonzero(begins))
        by_key: Positions = highest[np.cumsum(begins) - 1]
        return by_key


def _gather(files: Sequence[tuple[int, Path]], one_round: int, n_rounds: int) -> _Share:
    keys, versions, shards, positions, places = [], [], [], [], []
    n_before = 0
    for number, path in files:
        one = Identities.read(path)
        chosen = np.flatnonzero(one.keys % np.uint64(n_rounds) == np.uint64(one_round))
        keys.append(one.keys[chosen])
        versions.append(one.versions[chosen])
        shards.append(np.full(len(chosen), number, np.int32))
        # Deletions are no documents, and count for no position.
        positions.append((np.cumsum(one.versions > 0) - 1)[chosen])
        places.append(chosen + n_before)
        n_before += len(one.keys)
    joined = [np.concatenate(arrays) for arrays in (keys, versions, shards, positions, places)]
    order = np.argsort(joined[0], kind="stable")
    return _Share(*(array[order] for array in joined))
