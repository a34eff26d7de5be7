"""What the routes share while the service runs."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from bioweave.service.admission import Admission
from bioweave.service.explanations import Explanations
from bioweave.service.feedback import Identity
from bioweave.service.jobs import JobFiles, JobRunner
from bioweave.service.metrics import Metrics
from bioweave.service.monitoring import Monitor
from bioweave.service.readiness import Readiness
from bioweave.service.served_models import ServedModels
from bioweave.service.settings import ServiceSettings
from bioweave.service.shadow import Shadow
from bioweave.service.storage import FeedbackStore, JobCounts, JobStore, ServedStore, StorageThreads
from bioweave.service.work import Work


@dataclass(frozen=True, slots=True)
class State:
    """One service: made when it starts."""

    settings: ServiceSettings
    admission: Admission
    readiness: Readiness
    job_counts: JobCounts
    models: ServedModels
    work: Work
    metrics: Metrics
    jobs: JobStore
    files: JobFiles
    runner: JobRunner
    storage: StorageThreads
    shadow: Shadow | None
    explanations: Explanations
    feedback: FeedbackStore
    served: ServedStore
    identity: Identity
    monitor: Monitor


def state_of(request: Request) -> State:
    """The state of the service that a request came to."""
    state: State = request.app.state.service
    return state
