"""Works jobs off, one after the other, beside the requests."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from bioweave.document import Document
from bioweave.errors import BioweaveError
from bioweave.service.batching import Refused
from bioweave.service.documents import Failed, line_of, writable
from bioweave.service.jobs.files import JobFiles
from bioweave.service.jobs.reading import steps_of
from bioweave.service.served_models import Asked, Options, ServedModels
from bioweave.service.storage import Job, JobStore
from bioweave.service.storage.jobs import JobLost
from bioweave.service.work import Work

_IDLE = timedelta(seconds=1)
_SWEEP = timedelta(minutes=1)
# An upload that never became a job, and is not about to.
_ABANDONED = timedelta(hours=2)
# So often a job may end the process, or outlast a lease, without getting any further.
_ATTEMPTS = 5

_log = logging.getLogger(__name__)
T = TypeVar("T")


class JobRunner:
    """Takes jobs from the store until it is stopped.

    Each step appends to the result first and notes its length in the database then, so that a kill
    at any moment neither loses a document nor gives one twice: what was appended and not noted does
    not count. Each attempt writes a file of its own, so that one which lost the job, and does not
    know it yet, spoils nothing. `on_step` hears how many documents were annotated and how many
    failed.
    """

    def __init__(
        self,
        store: JobStore,
        files: JobFiles,
        work: Work,
        models: ServedModels,
        *,
        on_step: Callable[[int, int], None] | None = None,
    ) -> None:
        self._store = store
        self._files = files
        self._work = work
        self._models = models
        self._on_step = on_step or (lambda n_annotated, n_failed: None)
        self._new = asyncio.Event()
        self.is_working = True
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
        except* Exception as errors:
            _log.error("no job is worked on any more: %s", _kinds(errors))
        finally:
            self.is_working = False
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
            except (SQLAlchemyError, OSError) as error:
                # A database that is away comes back, a full disk is cleared: the job waits for it.
                _log.error("jobs wait: %s", type(error).__name__)
            self._new.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._new.wait(), _IDLE.total_seconds())

    async def _finish(self, job: Job) -> None:
        annotating = asyncio.create_task(self._annotate(job))
        holding = asyncio.create_task(self._hold(job, annotating))
        try:
            reason = await annotating
        except asyncio.CancelledError:
            if holding.done():
                raise JobLost(job.id) from None
            # The service ends: whoever comes next need not wait until the lease is over.
            with suppress(JobLost, SQLAlchemyError):
                self._store.give_back(job.id)
            raise
        finally:
            annotating.cancel()
            holding.cancel()
        await self._in_thread(self._store.finish, job.id, reason)
        done = await self._in_thread(self._store.find, job.id)
        kept = done.part if done is not None and reason is None else None
        await self._in_thread(self._files.keep_only, job.id, kept)

    async def _hold(self, job: Job, annotating: asyncio.Task[str | None]) -> None:
        while True:
            await asyncio.sleep(self._store.lease.total_seconds() / 3)
            try:
                await self._in_thread(self._store.hold, job.id)
            except JobLost:
                annotating.cancel()
                return
            except SQLAlchemyError as error:
                _log.error("a job cannot be held: %s", type(error).__name__)

    async def _annotate(self, job: Job) -> str | None:
        """Annotate what is left of a job; returns why it cannot be done, if it cannot."""
        if job.attempts > _ATTEMPTS:
            return f"given up after {_ATTEMPTS} attempts that got no further"
        try:
            return await self._annotate_rest(job)
        except (JobLost, SQLAlchemyError):
            raise
        except FileNotFoundError:
            return "its upload is gone"
        except OSError:
            raise
        except BioweaveError as error:
            return str(error)
        except Exception as error:
            _log.error("a job: %s", type(error).__name__)
            return f"an error in the service: {type(error).__name__}"

    async def _annotate_rest(self, job: Job) -> str | None:
        asked = asked_from_json(job.asked, self._models)
        part = uuid.uuid4().hex
        await self._in_thread(self._files.begin_part, job.id, part, job.part, job.result_bytes)
        await self._in_thread(self._store.begin_part, job, part)
        n_done, n_failed, at = job.n_done, job.n_failed, job.result_bytes
        steps = steps_of(self._files.upload(job.id), job.media_type, skipped=n_done)
        while step := await self._in_thread(next, steps, []):
            found = [_answer(one) async for one in self._work.annotate_items(asked, step)]
            content = await self._in_thread(_lines, found)
            at = await self._in_thread(self._files.append, job.id, part, at, content)
            n_failed_here = sum(isinstance(one, Failed) for one in found)
            n_done += len(step)
            n_failed += n_failed_here
            await self._in_thread(
                self._store.advance, job, n_done=n_done, n_failed=n_failed, result_bytes=at
            )
            self._on_step(len(step) - n_failed_here, n_failed_here)
        return None if n_done else "there is no document in it"

    async def _in_thread(self, function: Callable[..., T], *args: Any, **named: Any) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(function, *args, **named))

    async def _sweep(self) -> None:
        while True:
            try:
                await self._in_thread(self._clear)
            except (SQLAlchemyError, OSError) as error:
                _log.error("nothing is cleared away: %s", type(error).__name__)
            await asyncio.sleep(_SWEEP.total_seconds())

    def _clear(self) -> None:
        """Remove what is kept no longer, and what a kill has left behind."""
        for job_id in self._store.expired():
            self._files.remove(job_id)
            self._store.remove(job_id)
        for job_id, part in self._store.over().items():
            self._files.keep_only(job_id, part)
        # First the files: whose row is not there now had none when they were seen, or has lost it.
        ages = self._files.ages()
        known = self._store.ids()
        for job_id, seconds in ages.items():
            if job_id not in known and seconds > _ABANDONED.total_seconds():
                self._files.remove(job_id)


def asked_to_json(asked: Asked) -> dict[str, Any]:
    """What a job's row holds of how it is to be annotated."""
    labels = asked.options.labels
    return {
        "model": asked.model.name,
        "mode": asked.options.mode,
        "labels": None if labels is None else list(labels),
        "link": asked.options.link,
    }


def asked_from_json(data: dict[str, Any], models: ServedModels) -> Asked:
    """The way back, to what is served under the name now. Raises UnknownModelError."""
    labels = None if data["labels"] is None else tuple(data["labels"])
    return Asked(models.named(data["model"]), Options(data["mode"], labels, data["link"]))


def _answer(one: Document | Refused | Failed) -> Document | Failed:
    return Failed(one.document.id, one.reason) if isinstance(one, Refused) else writable(one)


def _lines(found: list[Document | Failed]) -> bytes:
    return b"".join(map(line_of, found))


def _kinds(errors: BaseExceptionGroup[BaseException]) -> str:
    return ", ".join(type(one).__name__ for one in errors.exceptions)
