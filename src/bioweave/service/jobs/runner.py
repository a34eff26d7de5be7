"""Works jobs off, one after the other, beside the requests."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError

from bioweave.document import Document
from bioweave.errors import BioweaveError
from bioweave.formats import Failure, read_documents
from bioweave.service.batching import Refused
from bioweave.service.documents import Failed, line_of
from bioweave.service.jobs.files import JobFiles
from bioweave.service.media_types import FORMAT_OF, NDJSON
from bioweave.service.served_models import Asked, Options
from bioweave.service.storage import Job, JobStore
from bioweave.service.storage.jobs import LEASE, JobLost
from bioweave.service.work import Work

# Between two notes of how far it is: what a kill makes it do again.
_DOCUMENTS_IN_STEP = 200
_IDLE = timedelta(seconds=1)
_SWEEP = timedelta(minutes=1)

_log = logging.getLogger(__name__)

Item = Document | Failed
T = TypeVar("T")


class JobRunner:
    """Takes jobs from the store until it is stopped.

    Each step appends to the result first and notes its length in the database then, so that a kill
    at any moment neither loses a document nor gives one twice: what was appended and not noted is
    overwritten by the next attempt.
    """

    def __init__(self, store: JobStore, files: JobFiles, work: Work) -> None:
        self._store = store
        self._files = files
        self._work = work
        self._new = asyncio.Event()
        # Its own: what runs here is waited for at the end, as no cancelled task waits for a thread.
        self._threads = ThreadPoolExecutor(3, thread_name_prefix="jobs")

    def wake(self) -> None:
        """There is a new job."""
        self._new.set()

    async def run(self) -> None:
        """Work, and clear away what is kept no longer; ends when it is cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._work_off())
                tasks.create_task(self._sweep())
        finally:
            self._threads.shutdown()

    async def _work_off(self) -> None:
        while True:
            try:
                job = await self._in_thread(self._store.claim)
                if job is not None:
                    await self._finish(job)
                    continue
            except JobLost:
                continue
            except (DBAPIError, OSError) as error:
                # A database that is away comes back, a full disk is cleared: the job waits for it.
                _log.error("jobs wait: %s", type(error).__name__)
            self._new.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._new.wait(), _IDLE.total_seconds())

    async def _finish(self, job: Job) -> None:
        holding = asyncio.create_task(self._hold(job))
        try:
            reason = await self._annotate(job)
        finally:
            holding.cancel()
        await self._in_thread(self._store.finish, job.id, reason)
        await self._in_thread(self._files.upload(job.id).unlink, missing_ok=True)

    async def _hold(self, job: Job) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            with suppress(JobLost, DBAPIError):
                await self._in_thread(self._store.hold, job.id)

    async def _annotate(self, job: Job) -> str | None:
        """Annotate what is left of a job; returns why it cannot be done, if it cannot."""
        asked = asked_from_json(job.asked)
        items = islice(self._items(job), job.n_done, None)
        n_done, n_failed, at = job.n_done, job.n_failed, job.result_bytes
        try:
            while step := await self._in_thread(lambda: list(islice(items, _DOCUMENTS_IN_STEP))):
                found = [_answer(one) async for one in self._work.annotate_items(asked, step)]
                content = b"".join(map(line_of, found))
                at = await self._in_thread(self._files.append, job.id, at, content)
                n_done += len(step)
                n_failed += sum(isinstance(one, Failed) for one in found)
                await self._in_thread(
                    self._store.advance, job, n_done=n_done, n_failed=n_failed, result_bytes=at
                )
        except BioweaveError as error:
            return str(error)
        return None if n_done else "there is no document in it"

    def _items(self, job: Job) -> Iterator[Item]:
        """The upload's documents and, in their places, what could not be read."""
        failures: list[Failure] = []
        format = "jsonl" if job.media_type == NDJSON else FORMAT_OF[job.media_type]
        with self._files.upload(job.id).open("rb") as file:
            for document in read_documents(file, format, on_failure=failures.append):
                yield from _taken(failures)
                yield document
            yield from _taken(failures)

    async def _in_thread(self, function: Callable[..., T], *args: Any, **named: Any) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(function, *args, **named))

    async def _sweep(self) -> None:
        while True:
            try:
                await self._in_thread(self._clear)
            except (DBAPIError, OSError) as error:
                _log.error("nothing is cleared away: %s", type(error).__name__)
            await asyncio.sleep(_SWEEP.total_seconds())

    def _clear(self) -> None:
        for job_id in self._store.expired():
            self._files.remove(job_id)
            self._store.remove(job_id)


def asked_to_json(asked: Asked) -> dict[str, Any]:
    """What a job's row holds of how it is to be annotated."""
    labels = asked.options.labels
    return {
        "model": asked.model,
        "mode": asked.options.mode,
        "labels": None if labels is None else list(labels),
        "link": asked.options.link,
    }


def asked_from_json(data: dict[str, Any]) -> Asked:
    """The way back."""
    labels = None if data["labels"] is None else tuple(data["labels"])
    return Asked(data["model"], Options(data["mode"], labels, data["link"]))


def _answer(one: Document | Refused | Failed) -> Document | Failed:
    return Failed(one.document.id, one.reason) if isinstance(one, Refused) else one


def _taken(failures: list[Failure]) -> Iterator[Failed]:
    while failures:
        one = failures.pop(0)
        where = "" if one.line is None else f"line {one.line}: "
        yield Failed(one.document, where + one.reason)
