"""What is counted of jobs, for Prometheus."""

from __future__ import annotations

import math
from typing import Literal, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge

from bioweave.service.storage import Backlog

# For want of what all jobs can stand still.
Stall = Literal["room", "disk", "database"]


class JobMetrics:
    """How the jobs stand, as of the database, and how many documents this process has done."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._jobs = Gauge(
            "bioweave_jobs",
            "Jobs in the database, of all services that share it",
            ("state",),
            registry=registry,
        )
        self._oldest = Gauge(
            "bioweave_jobs_oldest_waiting_seconds",
            "For how long the oldest job that waits has waited",
            registry=registry,
        )
        self._documents = Counter(
            "bioweave_job_documents_total",
            "Documents of jobs that are through here",
            ("outcome",),
            registry=registry,
        )
        for outcome in ("annotated", "failed"):
            self._documents.labels(outcome)
        self._stalled = Gauge(
            "bioweave_jobs_stalled",
            "Whether no job gets further here, for want of what",
            ("reason",),
            registry=registry,
        )
        self.stalled(None)

    def counted(self, backlog: Backlog | None) -> None:
        """How the jobs stand now; None where nobody knows."""
        if backlog is None:
            self._jobs.clear()
            self._oldest.set(math.nan)
            return
        for state, n_jobs in backlog.by_state.items():
            self._jobs.labels(state.value).set(n_jobs)
        self._oldest.set(backlog.oldest_waiting_seconds)

    def documents_done(self, n_annotated: int, n_failed: int) -> None:
        """A job got so much further."""
        self._documents.labels("annotated").inc(n_annotated)
        self._documents.labels("failed").inc(n_failed)

    def stalled(self, stall: Stall | None) -> None:
        """No job gets further, for want of this; or None: they do."""
        for reason in get_args(Stall):
            self._stalled.labels(reason).set(reason == stall)
