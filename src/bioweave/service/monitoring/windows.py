"""The last documents of a model, as counts: a window that rolls in steps."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from bioweave.service.monitoring.distances import Counts
from bioweave.service.monitoring.signals import Places, Signal

# The window forgets a tenth of itself at a time.
_N_BLOCKS = 10


class _Block:
    """Documents that came one after the other."""

    __slots__ = ("begun", "counts", "n_documents")

    def __init__(self, signals: Sequence[Signal], begun: float) -> None:
        self.begun = begun
        self.n_documents = 0
        self.counts = {signal.name: [0] * len(signal.bins) for signal in signals}


class RollingWindow:
    """Counts of the last `n_documents` documents, up to a tenth more, none older than `seconds`.

    Adding a document costs the same whatever the window holds. Not for several threads at once.
    """

    def __init__(
        self,
        signals: Sequence[Signal],
        n_documents: int,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._signals = signals
        self._most = n_documents
        self._in_block = max(1, n_documents // _N_BLOCKS)
        self._seconds = seconds
        self._clock = clock
        self._blocks: deque[_Block] = deque()
        self.n_documents = 0

    def add(self, places: Places) -> None:
        """Count a document."""
        if not self._blocks or self._blocks[-1].n_documents >= self._in_block:
            self._blocks.append(_Block(self._signals, self._clock()))
        block = self._blocks[-1]
        block.n_documents += 1
        self.n_documents += 1
        for name, found in places.items():
            counts = block.counts[name]
            for place in found:
                counts[place] += 1
        while self.n_documents - self._blocks[0].n_documents >= self._most:
            self._forget_first()

    def counts(self) -> Mapping[str, Counts]:
        """By signal, int64 [bins]: the window as it is now."""
        oldest = self._clock() - self._seconds
        while self._blocks and self._blocks[0].begun < oldest:
            self._forget_first()
        return {
            signal.name: np.array([block.counts[signal.name] for block in self._blocks], np.int64)
            .reshape(-1, len(signal.bins))
            .sum(axis=0)
            for signal in self._signals
        }

    def _forget_first(self) -> None:
        self.n_documents -= self._blocks.popleft().n_documents
