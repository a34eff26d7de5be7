"""The service as an ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from fastapi import FastAPI

from bioweave import __version__
from bioweave.service.description import complete_description
from bioweave.service.jobs import JobFiles, JobRunner
from bioweave.service.metrics import Metrics
from bioweave.service.middleware import Faults, OwnPagesOnly, RequestMetrics, SecurityHeaders
from bioweave.service.problems import answer_problems
from bioweave.service.routes import annotating, converting, health, models, page
from bioweave.service.routes import jobs as jobs_routes
from bioweave.service.served_models import ServedModels
from bioweave.service.settings import ServiceSettings
from bioweave.service.state import State
from bioweave.service.storage import Database, JobStore
from bioweave.service.work import Work


def create_application(settings: ServiceSettings | None = None) -> FastAPI:
    """The service; models are loaded here, threads start and end with the application's life.

    Raises what opening a model or a lexicon raises, and ConfigurationError where the database
    cannot be opened.
    """
    chosen = settings or ServiceSettings()
    served = ServedModels(chosen)
    metrics = Metrics()
    files = JobFiles(chosen.data_folder / "jobs")
    database = Database(chosen.database_url)
    jobs = JobStore(
        database,
        kept=timedelta(hours=chosen.job_hours),
        lease=timedelta(seconds=chosen.job_lease_seconds),
    )

    @asynccontextmanager
    async def life(application: FastAPI) -> AsyncIterator[None]:
        with Work(served, chosen, metrics) as work:
            metrics.watch_queue(lambda: work.waiting_characters)
            runner = JobRunner(jobs, files, work)
            application.state.service = State(chosen, served, work, metrics, jobs, files, runner)
            running = asyncio.create_task(runner.run())
            try:
                yield
            finally:
                running.cancel()
                await asyncio.wait([running])
                database.close()

    application = FastAPI(
        title="bioweave",
        version=__version__,
        summary="Finds diseases, chemicals and other entities in biomedical text",
        lifespan=life,
        # The interactive pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    answer_problems(application)
    for router in (
        annotating.router,
        converting.router,
        jobs_routes.router,
        models.router,
        health.router,
        page.router,
    ):
        application.include_router(router)
    # The last stands outermost.
    application.add_middleware(Faults)
    application.add_middleware(OwnPagesOnly, names=chosen.hosts)
    application.add_middleware(SecurityHeaders)
    application.add_middleware(RequestMetrics, metrics=metrics)
    complete_description(application, served)
    return application
