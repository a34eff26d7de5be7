"""Annotating for requests: shared batches, bounded waiting, a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from http import HTTPStatus
from typing import TypeVar

from bioweave.annotator.inference import Annotation
from bioweave.annotator.processors import available_processors
from bioweave.document import Document
from bioweave.service.admission import Shares
from bioweave.service.batching import AnnotateAll, Batcher, Refused
from bioweave.service.metrics import Metrics
from bioweave.service.problems import ProblemError, too_busy
from bioweave.service.served_models import Asked
from bioweave.service.settings import ServiceSettings

# What one request has in the queue at a time: a large one lets the others in between.
_CHARACTERS_IN_GROUP = 20_000
_GROUPS_UNDER_WAY = 4

Found = Document | Refused
Other = TypeVar("Other")
Item = TypeVar("Item")


# Hears of each batch, in the thread that annotated it: what takes long there keeps others waiting.
Watcher = Callable[[Asked, Sequence[tuple[Document, Annotation]]], None]


class Work(AbstractContextManager["Work"]):
    """Annotates what requests bring; use it in `with`. `watchers` hear of all that is found."""

    def __init__(
        self,
        settings: ServiceSettings,
        metrics: Metrics,
        *,
        watchers: Sequence[Watcher] = (),
    ) -> None:
        self._metrics = metrics
        self._watchers = watchers
        self._limits = settings.limits
        self._waiting = Shares(settings.limits.waiting_characters)
        self._batcher: Batcher[Asked] = Batcher(
            self._annotating,
            n_threads=settings.threads or available_processors(),
            on_batch=metrics.batch_annotated,
        )

    def __enter__(self) -> Work:
        self._batcher.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._batcher.__exit__(*error)

    @property
    def is_working(self) -> bool:
        """Whether it takes documents."""
        return self._batcher.is_working

    @property
    def waiting_characters(self) -> int:
        """How much text is accepted and not yet answered."""
        return self._waiting.total

    async def annotate(
        self, asked: Asked, documents: Sequence[Document], *, owner: str | None = None
    ) -> list[Found]:
        """All of the documents, in order; `owner` is the key that they came with.

        Raises ProblemError 429 where too much waits already, and 503 where it takes longer than a
        request may.
        """
        seconds = self._limits.seconds
        with self.accepted(sum(len(document.text) for document in documents), owner=owner):
            try:
                async with asyncio.timeout(seconds):
                    groups = _full_groups(documents)
                    return [one async for one in self._in_groups(asked, groups, owner)]
            except TimeoutError:
                raise ProblemError(
                    HTTPStatus.SERVICE_UNAVAILABLE,
                    f"not done within {seconds:g} s; send fewer documents at a time, or stream "
                    f"them as application/x-ndjson",
                    headers={"Retry-After": str(round(seconds))},
                ) from None

    async def annotate_stream(
        self,
        asked: Asked,
        documents: AsyncIterator[Document | Other],
        *,
        owner: str | None = None,
    ) -> AsyncGenerator[Found | Other, None]:
        """Each document as soon as it is done, in order, however many there are.

        What is no document is handed on in its place. Documents are asked for only as fast as they
        are taken from here. Raises ProblemError 429 where too much waits already.
        """
        with self.accepted(_CHARACTERS_IN_GROUP * _GROUPS_UNDER_WAY, owner=owner):
            async for one in self._in_groups(asked, _ready_groups(documents), owner):
                yield one

    async def annotate_items(
        self, asked: Asked, items: Sequence[Document | Other], *, owner: str | None = None
    ) -> AsyncIterator[Found | Other]:
        """As `annotate`, for what was accepted long ago: however much waits, without a deadline.

        What is no document is handed on in its place.
        """
        async for one in self._in_groups(asked, _full_groups(items), owner):
            yield one

    @contextmanager
    def accepted(self, n_characters: int, *, owner: str | None = None) -> Iterator[None]:
        """As long as so much text is in memory. Raises ProblemError 429 where there is no room."""
        waiting = self._waiting
        if owner is not None:
            # What is longer than one's share comes alone, and leaves the other half to others.
            n_characters = min(n_characters, waiting.most // 2)
        # One that is longer than the limit by itself is taken where nothing else waits.
        if waiting.total and not waiting.fits(owner, n_characters):
            raise too_busy(waiting.total / self._batcher.characters_per_second)
        waiting.take(owner, n_characters)
        try:
            yield
        finally:
            waiting.give_back(owner, n_characters)

    async def _in_groups(
        self, asked: Asked, groups: AsyncIterator[list[Document | Other]], owner: str | None
    ) -> AsyncIterator[Found | Other]:
        """What is found in the groups, in order, while those behind are read and annotated."""
        under_way: asyncio.Queue[asyncio.Task[list[Found | Other]] | None]
        under_way = asyncio.Queue(_GROUPS_UNDER_WAY)
        reading = asyncio.create_task(self._start_all(asked, groups, owner, under_way))
        try:
            while (group := await under_way.get()) is not None:
                for one in await group:
                    yield one
            await reading
        finally:
            reading.cancel()
            while not under_way.empty():
                left = under_way.get_nowait()
                if left is not None:
                    left.cancel()

    async def _start_all(
        self,
        asked: Asked,
        groups: AsyncIterator[list[Document | Other]],
        owner: str | None,
        under_way: asyncio.Queue[asyncio.Task[list[Found | Other]] | None],
    ) -> None:
        try:
            async for group in groups:
                task = asyncio.create_task(self._group(asked, group, owner))
                try:
                    await under_way.put(task)
                except asyncio.CancelledError:
                    task.cancel()
                    raise
        except Exception:
            await under_way.put(None)
            raise
        await under_way.put(None)

    async def _group(
        self, asked: Asked, group: list[Document | Other], owner: str | None
    ) -> list[Found | Other]:
        documents = [one for one in group if isinstance(one, Document)]
        annotated = self._batcher.annotate(asked, documents, owner=owner) if documents else None
        found = iter(() if annotated is None else await annotated)
        return [next(found) if isinstance(one, Document) else one for one in group]

    def _annotating(self, asked: Asked) -> AnnotateAll:
        annotator = asked.model.annotator(asked.options)

        def annotate(documents: Sequence[Document]) -> list[Document]:
            seen = list(annotator.observe(documents))
            # Only once all is done: what fails is tried again, one by one.
            for document, annotation in seen:
                n_words = len(annotation.prepared.words)
                self._metrics.document_annotated(asked.model.name, document, n_words)
            for watcher in self._watchers:
                watcher(asked, seen)
            return [document for document, _ in seen]

        return annotate


async def _full_groups(items: Sequence[Item]) -> AsyncIterator[list[Item]]:
    group: list[Item] = []
    n_characters = 0
    for item in items:
        if group and n_characters + _length(item) > _CHARACTERS_IN_GROUP:
            yield group
            group, n_characters = [], 0
        group.append(item)
        n_characters += _length(item)
    if group:
        yield group


async def _ready_groups(items: AsyncIterator[Item]) -> AsyncIterator[list[Item]]:
    """Groups of what has arrived: nothing waits for a group to be full."""
    upcoming = asyncio.ensure_future(anext(items, None))
    try:
        while (item := await upcoming) is not None:
            group, n_characters = [item], _length(item)
            upcoming = asyncio.ensure_future(anext(items, None))
            # One turn of the loop is enough for what lies in memory already.
            await asyncio.sleep(0)
            while n_characters < _CHARACTERS_IN_GROUP and (item := _arrived(upcoming)) is not None:
                group.append(item)
                n_characters += _length(item)
                upcoming = asyncio.ensure_future(anext(items, None))
                await asyncio.sleep(0)
            yield group
    finally:
        upcoming.cancel()


def _arrived(upcoming: asyncio.Future[Item | None]) -> Item | None:
    """The item, if there is one already: an error or the end comes in its turn."""
    if not upcoming.done() or upcoming.exception() is not None:
        return None
    return upcoming.result()


def _length(item: object) -> int:
    return len(item.text) if isinstance(item, Document) else 0
