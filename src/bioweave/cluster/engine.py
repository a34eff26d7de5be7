"""Where shards are worked on: this machine's processes, or Ray's actors."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

from bioweave.cluster.gpus import visible_gpus
from bioweave.cluster.scheduling import run_in_pool
from bioweave.cluster.shards import Shard
from bioweave.cluster.work import Work

if TYPE_CHECKING:
    from bioweave.cluster.ray_pool import RayPool

EngineName = Literal["local", "ray"]
Told = Generator[dict[str, Any], None, None]


class Engine(Protocol):
    """Sees to it that work is done on every shard, whichever workers die of it."""

    def run(self, work: Work, shards: Sequence[Shard]) -> Told:
        """What the work tells of each shard, as they are done.

        Raises what the work raises; then, and when the generator is closed, no worker goes on.
        """


class LocalEngine:
    """So many processes of this machine, each with an annotator of its own, and with `cuda` a GPU.

    Where there are more of them than GPUs they share.
    """

    def __init__(self, n_workers: int, *, device: str = "cpu") -> None:
        self._n_workers = n_workers
        self._gpus = visible_gpus() if device == "cuda" else []

    def run(self, work: Work, shards: Sequence[Shard]) -> Told:
        """What the work tells of each shard; see `Engine`."""
        from bioweave.cluster.local_pool import LocalPool

        yield from run_in_pool(LocalPool(self._gpus), work, shards, self._n_workers)


class RayEngine:
    """So many actors at most, each with an annotator of its own, and with `cuda` a GPU."""

    def __init__(self, n_workers: int, *, device: str = "cpu") -> None:
        self._n_workers = n_workers
        self._device = device
        self._pool: RayPool | None = None

    def run(self, work: Work, shards: Sequence[Shard]) -> Told:
        """What the work tells of each shard; see `Engine`.

        Ray begins with the first call, and ends with the process or with `close`.
        """
        from bioweave.cluster.ray_pool import RayPool

        self._pool = self._pool or RayPool(self._n_workers, device=self._device)
        yield from run_in_pool(self._pool, work, shards, self._n_workers)

    def close(self) -> None:
        """End Ray, where it was begun here."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None


def make_engine(name: EngineName, n_workers: int, *, device: str = "cpu") -> Engine:
    """The engine of that name. Raises MissingExtraError where Ray is not installed."""
    if name == "local":
        return LocalEngine(n_workers, device=device)
    from bioweave.cluster import ray_pool  # noqa: F401  found missing before anything is begun

    return RayEngine(n_workers, device=device)
