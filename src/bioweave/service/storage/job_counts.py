"""Jobs by the numbers: what they take, and how they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import case, func, select

from bioweave.service.storage.database import Database
from bioweave.service.storage.jobs import JobState
from bioweave.service.storage.tables import JobRow

_IS_UNFINISHED = JobRow.state.in_((JobState.WAITING, JobState.RUNNING))


@dataclass(frozen=True, slots=True)
class Usage:
    """What the jobs of one owner take.

    `n_unfinished` of them wait or run; `n_bytes` of the disk hold the uploads of these, and the
    results of all. For results that are not there yet `n_expected` more are to be kept free.
    """

    n_unfinished: int
    n_bytes: int
    n_expected: int = 0


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many jobs are in each state, and for how many seconds the oldest has waited."""

    by_state: dict[JobState, int]
    oldest_waiting_seconds: float


class JobCounts:
    """Counts over the jobs of all services on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def usage(self, *, result_ratio: float = 0) -> dict[str | None, Usage]:
        """What the jobs of each key take; those without one stand under None.

        A result is expected to be `result_ratio` times as long as its upload.
        """
        left = JobRow.upload_bytes * result_ratio - JobRow.result_bytes
        asked = select(
            JobRow.key_id,
            func.sum(case((_IS_UNFINISHED, 1), else_=0)),
            func.sum(JobRow.result_bytes + case((_IS_UNFINISHED, JobRow.upload_bytes), else_=0)),
            func.sum(case((_IS_UNFINISHED & (left > 0), left), else_=0)),
        ).group_by(JobRow.key_id)
        with self._database.session() as session:
            # PostgreSQL sums large integers as decimal numbers.
            return {key: Usage(*map(int, numbers)) for key, *numbers in session.execute(asked)}

    def backlog(self) -> Backlog:
        """How the jobs stand now."""
        counted = select(JobRow.state, func.count()).group_by(JobRow.state)
        oldest = select(JobRow.created).where(JobRow.state == JobState.WAITING)
        with self._database.session() as session:
            found = {JobState(state): n for state, n in session.execute(counted)}
            first = session.scalars(oldest.order_by(JobRow.created).limit(1)).first()
        waited = 0.0 if first is None else (datetime.now(UTC) - first).total_seconds()
        return Backlog({state: found.get(state, 0) for state in JobState}, max(0.0, waited))
