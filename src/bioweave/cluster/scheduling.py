"""Shards given out to workers that may die at any moment, the same for every engine."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from bioweave.cluster.annotation import SickWorkerError
from bioweave.cluster.shards import Shard
from bioweave.cluster.work import Work
from bioweave.errors import BioweaveError

# A worker that dies before it is ready was not asked for anything yet: no shard is to blame.
_DEATHS_AT_THE_START = 5

Handle = TypeVar("Handle")


@dataclass(frozen=True, slots=True)
class Died:
    """What is heard of a worker that is no more; `reason` is what is known of why."""

    reason: str

    def __str__(self) -> str:
        return self.reason


class Pool(Protocol[Handle]):
    """Workers, known by their handles. Each is ready, or does one shard, or has died."""

    def start(self, work: Work) -> Handle:
        """A further worker, which will be heard of once it is ready."""

    def give(self, handle: Handle, shard: Shard) -> None:
        """Have a worker do a shard; also where it has died meanwhile."""

    def hear(self) -> tuple[Handle, dict[str, Any] | BaseException | Died | None]:
        """The next one that tells something, and what: None that it is ready."""

    def end(self, handle: Handle) -> None:
        """The worker is no more, whatever it is at."""


def run_in_pool(
    pool: Pool[Handle], work: Work, shards: Sequence[Shard], n_workers: int
) -> Iterator[dict[str, Any]]:
    """What the work tells of each shard, as they are done by so many workers at most.

    One that dies, or says that it is sick, is replaced, and its shard given out again. Raises what
    a worker raised, but for one that alone cannot start, and BioweaveError where none comes to
    life; whatever ends it, all workers are ended.
    """
    # The largest first, so that none is left over at the end; of equals the first.
    waiting = deque(sorted(shards, key=lambda shard: -shard.n_bytes))
    workers: dict[Handle, Shard | None] = {}
    idle: list[Handle] = []
    n_failed_starts = 0
    was_any_ready = False
    try:
        while waiting or any(workers.values()):
            n_wanted = len(waiting) + sum(shard is not None for shard in workers.values())
            while len(workers) < min(n_workers, n_wanted):
                workers[pool.start(work)] = None
            while waiting and idle:
                handle, given = idle.pop(), waiting.popleft()
                workers[handle] = given
                pool.give(handle, given)
            handle, told = pool.hear()
            shard = workers.pop(handle)
            is_starting = shard is None and handle not in idle
            if isinstance(told, Died) or (isinstance(told, SickWorkerError) and shard is not None):
                pool.end(handle)
                if shard is not None:
                    waiting.appendleft(shard)
                elif handle in idle:
                    idle.remove(handle)
                else:
                    n_failed_starts += 1
                    _check_starts(n_failed_starts, str(told))
            elif isinstance(told, BaseException) and is_starting and was_any_ready:
                # Others could load the bundle: something is wrong where this one is.
                pool.end(handle)
                n_failed_starts += 1
                if n_failed_starts >= _DEATHS_AT_THE_START:
                    raise told
            else:
                workers[handle] = None
                idle.append(handle)
                if isinstance(told, BaseException):
                    raise told
                was_any_ready, n_failed_starts = True, 0
                if told is not None:
                    yield told
    finally:
        for handle in workers:
            pool.end(handle)
        for shard in workers.values():
            if shard is not None:
                work.call_off(shard)


def _check_starts(n_failed: int, reason: str) -> None:
    if n_failed >= _DEATHS_AT_THE_START:
        raise BioweaveError(
            f"{n_failed} workers died one after the other as they started ({reason}), perhaps for "
            "want of memory: try again with fewer --workers"
        )
