"""An engine for large runs that needs no processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bioweave.cluster.engine import Told
from bioweave.cluster.shards import Shard
from bioweave.cluster.work import Work


class InlineEngine:
    """One worker, in this process; `before` is called ahead of each shard."""

    def __init__(self, before: Callable[[Work, Shard], None] = lambda *_: None) -> None:
        self._before = before

    def run(self, work: Work, shards: Sequence[Shard]) -> Told:
        work.prepare()
        for shard in shards:
            self._before(work, shard)
            yield work(shard)
