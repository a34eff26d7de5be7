"""The service as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from bioweave import __version__
from bioweave.service.description import complete_description
from bioweave.service.metrics import Metrics
from bioweave.service.middleware import RequestMetrics, SecurityHeaders
from bioweave.service.problems import answer_problems
from bioweave.service.routes import annotating, converting, health, models, page
from bioweave.service.served_models import ServedModels
from bioweave.service.settings import ServiceSettings
from bioweave.service.state import State
from bioweave.service.work import Work


def create_application(settings: ServiceSettings | None = None) -> FastAPI:
    """The service; models are loaded here, threads start and end with the application's life.

    Raises what opening a model or a lexicon raises.
    """
    chosen = settings or ServiceSettings()
    served = ServedModels(chosen)
    metrics = Metrics()

    @asynccontextmanager
    async def life(application: FastAPI) -> AsyncIterator[None]:
        with Work(served, chosen, metrics) as work:
            metrics.watch_queue(lambda: work.waiting_characters)
            application.state.service = State(chosen, served, work, metrics)
            yield

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
        models.router,
        health.router,
        page.router,
    ):
        application.include_router(router)
    application.add_middleware(SecurityHeaders)
    application.add_middleware(RequestMetrics, metrics=metrics)
    complete_description(application, served)
    return application
