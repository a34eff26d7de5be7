"""Jobs in the database: accepted, claimed, worked on, done."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from bioweave.service.storage.database import Database
from bioweave.service.storage.tables import JobRow

# Whoever works on a job and does not say so for so long has died.
LEASE = timedelta(seconds=15)
# Others may take what was seen free.
_TRIES = 8
_KEYS_REMEMBERED = 1_000


class JobState(StrEnum):
    """Where a job is on its way."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it was last written down.

    Of its documents the first `n_done` are through, `n_failed` of them without success; what came
    of them is the first `result_bytes` of the result's `part`, of which each attempt has its own.
    `attempts` counts those since it last got any further. `reason` is why all of it failed. It
    belongs to the holder of the key `key_id`, and to nobody where it was left without a key.
    """

    id: str
    state: JobState
    created: datetime
    expires: datetime
    media_type: str
    asked: dict[str, Any]
    n_done: int
    n_failed: int
    result_bytes: int
    reason: str | None
    attempts: int
    part: str | None
    key_id: str | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in (JobState.DONE, JobState.FAILED)


class JobLost(Exception):  # noqa: N818 - it says what has happened
    """Somebody else has the job now, or it is gone."""


class JobStore:
    """The jobs of all services on one database; each service works under a name of its own."""

    def __init__(self, database: Database, *, kept: timedelta, lease: timedelta = LEASE) -> None:
        self._database = database
        self._kept = kept
        self.lease = lease
        self._owner = uuid.uuid4().hex
        # The keys by when one of their jobs was taken, the latest last.
        self._served: list[str | None] = []

    def add(
        self,
        job_id: str,
        media_type: str,
        asked: dict[str, Any],
        *,
        key_id: str | None = None,
        upload_bytes: int = 0,
    ) -> Job:
        """Accept a job whose upload is complete."""
        now = datetime.now(UTC)
        row = JobRow(
            id=job_id,
            state=JobState.WAITING,
            created=now,
            expires=now + self._kept,
            media_type=media_type,
            asked=asked,
            n_done=0,
            n_failed=0,
            result_bytes=0,
            attempts=0,
            key_id=key_id,
            upload_bytes=upload_bytes,
        )
        with self._database.session() as session:
            session.add(row)
        return _job(row)

    def find(self, job_id: str) -> Job | None:
        """The job, or None if there is none of that id."""
        with self._database.session() as session:
            row = session.get(JobRow, job_id)
            return None if row is None else _job(row)

    def claim(self) -> Job | None:
        """Take on a job that waits, or one whose worker died; None where there is none.

        Keys come in turn, with the oldest of their jobs; those that no key left count as one key's.
        Of several that try at once one gets it.
        """
        now = datetime.now(UTC)
        is_free = _is_free(now)
        with self._database.session() as session:
            for job_id, key_id in self._candidates(session, is_free):
                taken = session.execute(
                    update(JobRow)
                    .where(JobRow.id == job_id, is_free)
                    .values(
                        state=JobState.RUNNING,
                        owner=self._owner,
                        lease=now + self.lease,
                        attempts=JobRow.attempts + 1,
                    )
                )
                if taken.rowcount:  # type: ignore[attr-defined]
                    served = [one for one in self._served if one != key_id]
                    self._served = [*served, key_id][-_KEYS_REMEMBERED:]
                    return _job(_row(session, job_id))
        return None

    def others_wait(self, key_id: str | None) -> bool:
        """Whether a job of another key could be taken on."""
        is_anothers = JobRow.key_id.is_distinct_from(key_id)
        asked = select(JobRow.id).where(_is_free(datetime.now(UTC)), is_anothers).limit(1)
        with self._database.session() as session:
            return session.scalars(asked).first() is not None

    def _candidates(
        self, session: Session, is_free: ColumnElement[bool]
    ) -> Iterator[tuple[str, str | None]]:
        """Jobs to be taken, and their keys: the oldest ones of the key that waits longest first."""
        oldest = select(JobRow.key_id, func.min(JobRow.created)).where(is_free)
        first = {
            key_id: moment for key_id, moment in session.execute(oldest.group_by(JobRow.key_id))
        }
        places = {key_id: place for place, key_id in enumerate(self._served)}
        for key_id in sorted(first, key=lambda one: (places.get(one, -1), first[one])):
            own = is_free & JobRow.key_id.is_not_distinct_from(key_id)
            found = select(JobRow.id).where(own).order_by(JobRow.created).limit(_TRIES)
            for job_id in session.scalars(found).all():
                yield job_id, key_id

    def begin_part(self, job: Job, part: str) -> None:
        """Let the result stand in this part from now on. Raises JobLost where it is not ours."""
        self._change(job.id, part=part)

    def give_back(self, job_id: str) -> None:
        """Let somebody else go on with it. Raises JobLost where it is not ours any more."""
        self._change(job_id, state=JobState.WAITING, owner=None, lease=None, attempts=0)

    def hold(self, job_id: str) -> None:
        """Say that the job is still worked on. Raises JobLost where it is not ours any more."""
        self._change(job_id, lease=datetime.now(UTC) + self.lease)

    def advance(self, job: Job, *, n_done: int, n_failed: int, result_bytes: int) -> None:
        """Write down how far the job is. Raises JobLost where it is not ours any more."""
        self._change(
            job.id,
            n_done=n_done,
            n_failed=n_failed,
            result_bytes=result_bytes,
            attempts=0,
            lease=datetime.now(UTC) + self.lease,
        )

    def finish(self, job_id: str, reason: str | None = None) -> None:
        """Done, or failed for this reason. Raises JobLost where it is not ours any more."""
        state = JobState.DONE if reason is None else JobState.FAILED
        reason = None if reason is None else reason[:1000]
        self._change(
            job_id,
            state=state,
            reason=reason,
            owner=None,
            lease=None,
            expires=datetime.now(UTC) + self._kept,
        )

    def fetched(self, job_id: str, *, kept: timedelta) -> None:
        """The result went out whole: from now it is kept for so long at most."""
        end = datetime.now(UTC) + kept
        with self._database.session() as session:
            session.execute(
                update(JobRow).where(JobRow.id == job_id, JobRow.expires > end).values(expires=end)
            )

    def remove(self, job_id: str) -> bool:
        """Forget a job, whatever state it is in; whether there was one."""
        with self._database.session() as session:
            gone = session.execute(delete(JobRow).where(JobRow.id == job_id))
            return bool(gone.rowcount)  # type: ignore[attr-defined]

    def expired(self) -> list[str]:
        """The ids of jobs that are over and kept no longer."""
        with self._database.session() as session:
            now = datetime.now(UTC)
            is_over = JobRow.state.in_((JobState.DONE, JobState.FAILED))
            return list(session.scalars(select(JobRow.id).where(is_over, JobRow.expires < now)))

    def over(self) -> dict[str, str | None]:
        """Jobs of which nothing more will be read but, where there is one, the part named here."""
        is_over = JobRow.state.in_((JobState.DONE, JobState.FAILED))
        with self._database.session() as session:
            rows = session.execute(select(JobRow.id, JobRow.state, JobRow.part).where(is_over))
            return {one.id: one.part if one.state == JobState.DONE else None for one in rows}

    def ids(self) -> set[str]:
        """All ids."""
        with self._database.session() as session:
            return set(session.scalars(select(JobRow.id)))

    def _change(self, job_id: str, **values: Any) -> None:
        with self._database.session() as session:
            changed = session.execute(
                update(JobRow)
                .where(JobRow.id == job_id, JobRow.owner == self._owner)
                .values(**values)
            )
            if not changed.rowcount:  # type: ignore[attr-defined]
                raise JobLost(job_id)


def _is_free(now: datetime) -> ColumnElement[bool]:
    is_lost = (JobRow.state == JobState.RUNNING) & (JobRow.lease < now)
    return or_(JobRow.state == JobState.WAITING, is_lost)


def _row(session: Session, job_id: str) -> JobRow:
    return session.scalars(
        select(JobRow).where(JobRow.id == job_id).execution_options(populate_existing=True)
    ).one()


def _job(row: JobRow) -> Job:
    return Job(
        id=row.id,
        state=JobState(row.state),
        created=row.created,
        expires=row.expires,
        media_type=row.media_type,
        asked=row.asked,
        n_done=row.n_done,
        n_failed=row.n_failed,
        result_bytes=row.result_bytes,
        reason=row.reason,
        attempts=row.attempts,
        part=row.part,
        key_id=row.key_id,
    )
