"""What the routes share while the service runs."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from bioweave.service.jobs import JobFiles, JobRunner
from bioweave.service.metrics import Metrics
from bioweave.service.served_models import ServedModels
from bioweave.service.settings import ServiceSettings
from bioweave.service.storage import JobStore
from bioweave.service.work import Work


@dataclass(frozen=True, slots=True)
class State:
    """One service: made when it starts."""

    settings: ServiceSettings
    models: ServedModels
    work: Work
    metrics: Metrics
    jobs: JobStore
    files: JobFiles
    runner: JobRunner


def state_of(request: Request) -> State:
    """The state of the service that a request came to."""
    state: State = request.app.state.service
    return state
