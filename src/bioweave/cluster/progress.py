"""How far a run has come, told again and again while it goes on."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from bioweave.cluster.counts import Counts
from bioweave.cluster.folder import RunFolder
from bioweave.whole_files import read_json

_SECONDS_BETWEEN_TICKS = 1.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is; `counts` are over all attempts, `rate` and `word_rate` those of this one.

    `n_documents` is how many there will be, None in the first pass, which finds that out.
    """

    n_shards: int
    n_shards_done: int
    n_documents: int | None
    counts: Counts
    rate: float  # documents a second
    word_rate: float
    seconds_left: float | None


class Watcher:
    """Hears of a run's progress, once a second, from a thread of its own; this one is deaf."""

    def hear(self, progress: Progress) -> None:
        """What to do with it."""


class Ticking:
    """Counts what is done, and adds what workers say of the shards that they are at."""

    def __init__(
        self, watcher: Watcher, folder: RunFolder, n_shards: int, n_documents: int | None
    ) -> None:
        self._watcher = watcher
        self._folder = folder
        self._n_shards = n_shards
        self._n_documents = n_documents
        self._counts = Counts()
        self._done: set[int] = set()
        self._n_earlier = self._documents_earlier = self._words_earlier = 0
        self._started = time.monotonic()
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def begin(self, n_shards_done: int, counts: Counts) -> None:
        """What earlier attempts had done."""
        with self._lock:
            self._counts.add(counts)
            self._n_earlier = n_shards_done
            self._documents_earlier, self._words_earlier = counts.n_documents, counts.n_words

    def done(self, number: int, counts: Counts) -> None:
        """A shard is there."""
        with self._lock:
            self._counts.add(counts)
            self._done.add(number)

    def progress(self) -> Progress:
        """As it stands now."""
        counts = Counts()
        with self._lock:
            counts.add(self._counts)
            done = set(self._done)
        for path in (self._folder.work / "signs").glob("[0-9]*.json"):
            sign: dict[str, Any] | None = read_json(path)
            if sign is not None and int(path.stem) not in done:
                counts.add(Counts.from_json(sign))
        seconds = max(time.monotonic() - self._started, 1e-9)
        rate = (counts.n_documents - self._documents_earlier) / seconds
        left = None
        if self._n_documents is not None and rate > 0:
            left = max(0, self._n_documents - counts.n_documents) / rate
        return Progress(
            self._n_shards,
            self._n_earlier + len(done),
            self._n_documents,
            counts,
            rate,
            (counts.n_words - self._words_earlier) / seconds,
            left,
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()
        self._watcher.hear(self.progress())

    def _tick(self) -> None:
        while not self._is_over.wait(_SECONDS_BETWEEN_TICKS):
            self._watcher.hear(self.progress())
