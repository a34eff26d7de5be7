"""Requests that wait are annotated together."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bioweave.document import Document
from bioweave.errors import InputError

# As many characters as the annotator takes in one go: more would only make others wait.
_CHARACTERS_IN_BATCH = 40_000
# What the speed is taken to be before anything was measured: a slow machine's.
_FIRST_GUESS = 20_000.0

_log = logging.getLogger(__name__)

Key = TypeVar("Key", bound=Hashable)
AnnotateAll = Callable[[Sequence[Document]], Iterable[Document]]


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that could not be annotated, and why; `is_ours` where it is not to blame."""

    document: Document
    reason: str
    is_ours: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Group(Generic[Key]):
    key: Key
    documents: Sequence[Document]
    n_characters: int
    # Characters that its owner has had before it, as of a common clock: its turn.
    start: int
    answer: Future[list[Document | Refused]] = field(default_factory=Future)


class Batcher(Generic[Key]):
    """Groups of documents wait here for threads that annotate as many of one kind as fit a batch.

    What is of one kind is said by a key, for example the model and its options; `annotator_of` has
    the annotator for a key. Owners come in turn, character for character (start-time fair
    queueing, Goyal and others, 1996): however much one has brought, another waits for little more
    than a batch of it. Of one owner's groups the oldest comes first, and with it everything of the
    same key that fits, whosever it is. No time is spent on waiting for more: while one batch is
    annotated the next gathers by itself.

    Use it in `with`; at the end those that wait are still answered.
    """

    def __init__(
        self,
        annotator_of: Callable[[Key], AnnotateAll],
        *,
        n_threads: int,
        on_batch: Callable[[int, float], None] | None = None,
    ) -> None:
        self._annotator_of = annotator_of
        self._on_batch = on_batch or (lambda n_documents, seconds: None)
        self._groups: deque[_Group[Key]] = deque()
        # The turn that is worked on, and when those are at their end who have had more than that.
        self._turn = 0
        self._ends: dict[str | None, int] = {}
        self._changed = threading.Condition()
        self._is_closed = False
        self._speed = _FIRST_GUESS
        self._threads = [
            threading.Thread(target=self._work, name=f"annotating-{number}", daemon=True)
            for number in range(n_threads)
        ]

    def __enter__(self) -> Batcher[Key]:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    @property
    def characters_per_second(self) -> float:
        """How fast text gets annotated, as of the last batches."""
        return self._speed

    @property
    def is_working(self) -> bool:
        """Whether every thread is alive and takes groups."""
        return not self._is_closed and all(thread.is_alive() for thread in self._threads)

    async def annotate(
        self, key: Key, documents: Sequence[Document], *, owner: str | None = None
    ) -> list[Document | Refused]:
        """The documents with their mentions, or why one of them has none, in order.

        Whoever is cancelled while waiting is forgotten.
        """
        n_characters = sum(len(document.text) for document in documents)
        with self._changed:
            if self._is_closed:
                raise RuntimeError("closed: nothing is annotated any more")
            start = max(self._turn, self._ends.get(owner, 0))
            self._ends[owner] = start + n_characters
            group = _Group(key, documents, n_characters, start)
            self._groups.append(group)
            self._changed.notify()
        return await asyncio.wrap_future(group.answer)

    def _work(self) -> None:
        while batch := self._next_batch():
            wanted = [group for group in batch if group.answer.set_running_or_notify_cancel()]
            if not wanted:
                continue
            started = time.perf_counter()
            self._answer(wanted)
            seconds = time.perf_counter() - started
            self._measured(sum(group.n_characters for group in wanted), seconds)
            self._on_batch(sum(len(group.documents) for group in wanted), seconds)

    def _measured(self, n_characters: int, seconds: float) -> None:
        # An average in which a batch counts by its own length, up to half.
        weight = min(0.5, n_characters / _CHARACTERS_IN_BATCH)
        with self._changed:
            seen = n_characters * len(self._threads) / max(seconds, 1e-6)
            self._speed += weight * (seen - self._speed)

    def _next_batch(self) -> list[_Group[Key]]:
        """The group whose turn it is and others like it; none once all is done and closed."""
        with self._changed:
            while not self._groups:
                if self._is_closed:
                    return []
                self._changed.wait()
            # Of several the first: the one that waits longest.
            first = min(self._groups, key=lambda group: group.start)
            self._turn = max(self._turn, first.start)
            self._ends = {one: end for one, end in self._ends.items() if end > self._turn}
            batch, n_characters = [first], first.n_characters
            left: deque[_Group[Key]] = deque()
            for group in self._groups:
                if group is first:
                    continue
                fits = n_characters + group.n_characters <= _CHARACTERS_IN_BATCH
                if group.key == first.key and fits:
                    batch.append(group)
                    n_characters += group.n_characters
                else:
                    left.append(group)
            self._groups = left
            return batch

    def _answer(self, groups: Sequence[_Group[Key]]) -> None:
        try:
            annotate = self._annotator_of(groups[0].key)
            documents = [document for group in groups for document in group.documents]
            found = _annotated(annotate, documents)
        except BaseException as error:
            for group in groups:
                group.answer.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        ready = iter(found)
        for group in groups:
            group.answer.set_result([next(ready) for _ in group.documents])


def _annotated(annotate: AnnotateAll, documents: Sequence[Document]) -> list[Document | Refused]:
    """All in one go, or one by one where one of them cannot be annotated."""
    try:
        return list(annotate(documents))
    except Exception as error:
        if len(documents) > 1:
            # The others must not suffer for one.
            return [found for one in documents for found in _annotated(annotate, [one])]
        [document] = documents
        if isinstance(error, InputError):
            return [Refused(document, error.message)]
        # Without its message, which may quote the text.
        _log.error("a document of %d characters: %s", len(document.text), type(error).__name__)
        return [Refused(document, f"an error in the service: {type(error).__name__}", is_ours=True)]
