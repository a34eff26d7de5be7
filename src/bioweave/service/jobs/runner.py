"""Works jobs off, one at a time, beside the requests."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from bioweave.service.job_metrics import Stall
from bioweave.service.jobs.attempt import Attempts, TurnOver
from bioweave.service.jobs.files import JobFiles
from bioweave.service.jobs.room import NoRoom, ResultRoom
from bioweave.service.served_models import ServedModels
from bioweave.service.storage import Job, JobStore
from bioweave.service.storage.jobs import JobLost
from bioweave.service.work import Work

_IDLE = timedelta(seconds=1)
# Until it is seen again whether there is room: what was annotated for nothing is annotated again.
_NO_ROOM = timedelta(seconds=15)
_SWEEP = timedelta(minutes=1)
# An upload that never became a job, and is not about to.
_ABANDONED = timedelta(hours=2)

_log = logging.getLogger(__name__)
T = TypeVar("T")


class JobRunner:
    """Takes jobs from the store until it is stopped: one of each key in turn, see `Attempts`.

    Where there is no room for results the jobs wait for it, for `patience` at most: by then all
    results that were kept as it began have expired. `on_step` hears how many documents were
    annotated and how many failed, `on_stall` what all jobs wait for, or None once they do not.
    """

    def __init__(
        self,
        store: JobStore,
        files: JobFiles,
        work: Work,
        models: ServedModels,
        room: ResultRoom,
        *,
        patience: timedelta = timedelta(hours=24),
        on_step: Callable[[int, int], None] | None = None,
        on_stall: Callable[[Stall | None], None] | None = None,
    ) -> None:
        self._store = store
        self._on_stall = on_stall or (lambda stall: None)
        self._files = files
        self._patience = patience
        self._attempts = Attempts(
            store,
            files,
            work,
            models,
            room,
            in_thread=self._in_thread,
            on_step=on_step or (lambda n_annotated, n_failed: None),
        )
        # The jobs for whose results there was no room: how far they were, and since when.
        self._without_room: dict[str, tuple[int, float]] = {}
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
                self._on_stall(None)
                if job is not None:
                    continue
            except (JobLost, TurnOver):
                self._on_stall(None)
                continue
            except (NoRoom, OSError) as error:
                # A full disk is cleared, results expire: the job waits for it.
                told = error if isinstance(error, NoRoom) else type(error).__name__
                _log.error("jobs wait: %s", told)
                self._on_stall("room" if isinstance(error, NoRoom) else "disk")
                await asyncio.sleep(_NO_ROOM.total_seconds())
                continue
            except SQLAlchemyError as error:
                # And for a database that is away.
                _log.error("jobs wait: %s", type(error).__name__)
                self._on_stall("database")
            self._new.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._new.wait(), _IDLE.total_seconds())

    async def _finish(self, job: Job) -> None:
        annotating = asyncio.create_task(self._attempts.annotate(job))
        holding = asyncio.create_task(self._hold(job, annotating))
        try:
            reason = await annotating
        except asyncio.CancelledError:
            if holding.done():
                raise JobLost(job.id) from None
            # The service ends: whoever comes next need not wait until the lease is over.
            await self._give_back(job)
            raise
        except NoRoom as error:
            reason = await self._without(job, error)
        except (OSError, TurnOver):
            await self._give_back(job)
            raise
        finally:
            annotating.cancel()
            holding.cancel()
        await self._in_thread(self._store.finish, job.id, reason)
        done = await self._in_thread(self._store.find, job.id)
        kept = done.part if done is not None and reason is None else None
        await self._in_thread(self._files.keep_only, job.id, kept)

    async def _give_back(self, job: Job) -> None:
        with suppress(JobLost, SQLAlchemyError):
            await self._in_thread(self._store.give_back, job.id)

    async def _without(self, job: Job, error: NoRoom) -> str:
        """Let the job wait for room: raises the error; or why it fails, having waited too long."""
        n_done, since = self._without_room.get(job.id, (-1, 0.0))
        if n_done != job.n_done:
            since = time.monotonic()
            self._without_room[job.id] = (job.n_done, since)
        if time.monotonic() - since < self._patience.total_seconds():
            await self._give_back(job)
            raise error
        hours = self._patience.total_seconds() / 3600
        return f"for {hours:g} hours there was no room for its result: {error}"

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

    async def _in_thread(self, function: Callable[..., T], *args: Any, **named: Any) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(function, *args, **named))

    async def _sweep(self) -> None:
        while True:
            try:
                known = await self._in_thread(self._clear)
                self._attempts.forget(known)
                without = self._without_room.items()
                self._without_room = {one: since for one, since in without if one in known}
            except (SQLAlchemyError, OSError) as error:
                _log.error("nothing is cleared away: %s", type(error).__name__)
            await asyncio.sleep(_SWEEP.total_seconds())

    def _clear(self) -> set[str]:
        """Remove what is kept no longer, and what a kill has left behind; the jobs that are."""
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
        return known


def _kinds(errors: BaseExceptionGroup[BaseException]) -> str:
    return ", ".join(type(one).__name__ for one in errors.exceptions)
