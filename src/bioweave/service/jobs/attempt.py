"""An attempt at a job: from where the last one came to, until it is done or its turn is over."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from bioweave.document import Document
from bioweave.errors import BioweaveError
from bioweave.service.batching import Refused
from bioweave.service.documents import Failed, line_of, writable
from bioweave.service.jobs.files import JobFiles
from bioweave.service.jobs.reading import steps_of
from bioweave.service.jobs.room import NoRoom, ResultRoom, ResultTooLong
from bioweave.service.served_models import Asked, Options, ServedModels
from bioweave.service.storage import Job, JobStore
from bioweave.service.storage.jobs import JobLost
from bioweave.service.work import Work

# So often a job may end the process, or outlast a lease, without getting any further.
_ATTEMPTS = 5
# So long a job is worked on while jobs of other keys wait. Its upload is read from the beginning
# when it goes on: not too short.
_TURN_SECONDS = 60.0

_log = logging.getLogger(__name__)


class TurnOver(Exception):  # noqa: N818 - it says what has happened
    """Jobs of other keys wait: the rest is done when it is this one's turn again."""


class Attempts:
    """Makes attempts at jobs, of which one at a time is under way.

    Each step appends to the result first and notes its length in the database then, so that a kill
    at any moment neither loses a document nor gives one twice: what was appended and not noted does
    not count. Each attempt writes a file of its own, so that one which lost the job, and does not
    know it yet, spoils nothing; but one that ended well, for others to come in between, is
    continued where it ended. `in_thread` runs what would keep the loop waiting.
    """

    def __init__(
        self,
        store: JobStore,
        files: JobFiles,
        work: Work,
        models: ServedModels,
        room: ResultRoom,
        *,
        in_thread: Callable[..., Awaitable[Any]],
        on_step: Callable[[int, int], None],
    ) -> None:
        self._store = store
        self._files = files
        self._work = work
        self._models = models
        self._room = room
        self._in_thread = in_thread
        self._on_step = on_step
        # Of this process's own: nobody writes to them any more.
        self._continued: dict[str, str] = {}

    async def annotate(self, job: Job) -> str | None:
        """Annotate what is left of a job; returns why it cannot be done, if it cannot.

        Raises TurnOver where others wait, and what may pass: NoRoom, OSError and SQLAlchemyError.
        """
        if job.attempts > _ATTEMPTS:
            return f"given up after {_ATTEMPTS} attempts that got no further"
        try:
            return await self._annotate_rest(job)
        except (JobLost, NoRoom, SQLAlchemyError, TurnOver):
            raise
        except ResultTooLong as error:
            return str(error)
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
        part = await self._part(job)
        n_done, n_failed, at = job.n_done, job.n_failed, job.result_bytes
        steps = steps_of(self._files.upload(job.id), job.media_type, skipped=n_done)
        began = time.monotonic()
        try:
            while step := await self._in_thread(next, steps, []):
                # Before the work as well, which would be for nothing.
                await self._in_thread(self._room.check, job, at, 1)
                items = self._work.annotate_items(asked, step, owner=job.key_id)
                found = [_answer(one) async for one in items]
                content = await self._in_thread(_lines, found)
                await self._in_thread(self._room.check, job, at, len(content))
                at = await self._in_thread(self._files.append, job.id, part, at, content)
                n_failed_here = sum(isinstance(one, Failed) for one in found)
                n_done += len(step)
                n_failed += n_failed_here
                await self._in_thread(
                    self._store.advance, job, n_done=n_done, n_failed=n_failed, result_bytes=at
                )
                self._on_step(len(step) - n_failed_here, n_failed_here)
                if time.monotonic() - began >= _TURN_SECONDS:
                    await self._let_others(job)
        except (NoRoom, OSError, TurnOver):
            self._continued[job.id] = part
            raise
        return None if n_done else "there is no document in it"

    async def _part(self, job: Job) -> str:
        """Where this attempt writes; it has what is known to be done."""
        own = self._continued.pop(job.id, None)
        if own is not None and own == job.part:
            return own
        part = uuid.uuid4().hex
        # It is there twice for a moment.
        await self._in_thread(self._room.check_disk, job.result_bytes)
        await self._in_thread(self._files.begin_part, job.id, part, job.part, job.result_bytes)
        await self._in_thread(self._store.begin_part, job, part)
        await self._in_thread(self._files.keep_parts, job.id, part)
        return part

    async def _let_others(self, job: Job) -> None:
        if await self._in_thread(self._store.others_wait, job.key_id):
            raise TurnOver(job.id)

    def forget(self, known: set[str]) -> None:
        """Forget jobs that are not among these."""
        self._continued = {one: part for one, part in self._continued.items() if one in known}


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
