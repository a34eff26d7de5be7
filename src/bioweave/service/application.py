"""The service as an ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from datetime import timedelta

from fastapi import FastAPI

from bioweave import __version__
from bioweave.service.admission import Admission, Arriving, Rates, Shares, Uploads
from bioweave.service.description import complete_description
from bioweave.service.explanations import Explanations
from bioweave.service.feedback import Identity
from bioweave.service.jobs import JobFiles, JobRunner, ResultRoom
from bioweave.service.keys import KeyRing, refuse_without_keys
from bioweave.service.metrics import Metrics
from bioweave.service.middleware import (
    Faults,
    OwnPagesOnly,
    RateLimitFields,
    RequestMetrics,
    SecurityHeaders,
)
from bioweave.service.model_watch import ModelWatch
from bioweave.service.monitoring import Monitor
from bioweave.service.monitoring.webhook import read_secret
from bioweave.service.problems import answer_problems
from bioweave.service.readiness import Readiness
from bioweave.service.routes import (
    annotating,
    converting,
    explaining,
    feedback,
    health,
    models,
    monitor,
    page,
    shadowing,
)
from bioweave.service.routes import jobs as jobs_routes
from bioweave.service.served_models import ServedModel, ServedModels
from bioweave.service.settings import ServiceSettings
from bioweave.service.shadow import Shadow
from bioweave.service.state import State
from bioweave.service.storage import (
    Database,
    FeedbackStore,
    JobCounts,
    JobStore,
    KeyStore,
    ServedStore,
    StorageThreads,
)
from bioweave.service.work import Work

# Of what asks the database for requests: side by side, in all, and for how long one waits for it.
_STORAGE_THREADS = 6
_STORAGE_CALLS = 64
_STORAGE_SECONDS = 8.0


def create_application(settings: ServiceSettings | None = None) -> FastAPI:
    """The service; models are loaded here, threads start and end with the application's life.

    Raises what opening a model or a lexicon raises, and ConfigurationError where the database
    cannot be opened, or has no key where one is needed.
    """
    chosen = settings or ServiceSettings()
    # Before anything is put there: what it holds is the service's alone.
    chosen.data_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = JobFiles(chosen.data_folder / "jobs")
    database = Database(chosen.database_url)
    keys = KeyStore(database)
    # First, as it takes the least.
    if chosen.needs_keys:
        refuse_without_keys(keys, chosen)
    served = ServedModels(chosen)
    metrics = Metrics()
    shadow = _shadow(chosen, served, metrics)
    jobs = JobStore(
        database,
        kept=timedelta(hours=chosen.job_hours),
        lease=timedelta(seconds=chosen.job_lease_seconds),
    )

    corrections, bundles = FeedbackStore(database), ServedStore(database)
    watching = _monitor(chosen, served, metrics, corrections, bundles)
    identity = Identity.kept_in(chosen.data_folder / "feedback.key")

    @asynccontextmanager
    async def life(application: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as stack:
            stack.callback(database.close)
            storage = StorageThreads(
                _STORAGE_THREADS, waiting=_STORAGE_CALLS, seconds=_STORAGE_SECONDS
            )
            stack.callback(storage.close)
            watchers = [watching.watch]
            if shadow is not None:
                watchers.append(stack.enter_context(shadow).offer)
            work = stack.enter_context(Work(chosen, metrics, watchers=watchers))
            metrics.watch_queue(lambda: work.waiting_characters)
            counts = JobCounts(database)
            runner = JobRunner(
                jobs,
                files,
                work,
                served,
                ResultRoom(files.folder, chosen.job_quota, counts.usage),
                patience=timedelta(hours=chosen.job_hours),
                on_step=metrics.jobs.documents_done,
                on_stall=metrics.jobs.stalled,
            )
            ring = KeyRing(keys) if chosen.needs_keys else None
            readiness = Readiness(files.folder, database)
            stack.callback(readiness.close)
            if ring is not None:
                stack.callback(ring.close)
            application.state.service = State(
                settings=chosen,
                admission=_admission(chosen, ring, files, metrics),
                readiness=readiness,
                job_counts=counts,
                models=served,
                work=work,
                metrics=metrics,
                jobs=jobs,
                files=files,
                runner=runner,
                storage=storage,
                shadow=shadow,
                explanations=stack.enter_context(Explanations(seconds=chosen.limits.seconds)),
                feedback=corrections,
                served=bundles,
                identity=identity,
                monitor=watching,
            )
            watch = ModelWatch(served, metrics, seconds=chosen.watch_seconds)
            tasks = [
                asyncio.create_task(running)
                for running in (
                    runner.run(),
                    watch.run(),
                    watching.run(lambda: work.waiting_characters),
                )
            ]
            try:
                yield
            finally:
                database.end_soon()
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)

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
        explaining.router,
        jobs_routes.router,
        models.router,
        shadowing.router,
        feedback.router,
        monitor.router,
        health.router,
        page.router,
    ):
        application.include_router(router)
    # The last stands outermost.
    application.add_middleware(Faults)
    application.add_middleware(RateLimitFields)
    application.add_middleware(OwnPagesOnly, names=chosen.hosts)
    application.add_middleware(SecurityHeaders)
    application.add_middleware(RequestMetrics, metrics=metrics)
    complete_description(application, served, needs_keys=chosen.needs_keys)
    return application


def _admission(
    settings: ServiceSettings, keys: KeyRing | None, files: JobFiles, metrics: Metrics
) -> Admission:
    return Admission(
        keys=keys,
        rates=Rates(*settings.client_rates, wrong_keys_per_minute=settings.wrong_keys_per_minute),
        arriving=Arriving(settings.limits.arriving_bytes),
        uploads=Uploads(files.folder, settings.job_quota),
        under_way=Shares(settings.connection_limits.connections),
        on_refusal=metrics.turned_away,
    )


def _monitor(
    settings: ServiceSettings,
    served: ServedModels,
    metrics: Metrics,
    corrections: FeedbackStore,
    bundles: ServedStore,
) -> Monitor:
    secret = settings.monitoring.alert_secret
    return Monitor(
        settings.monitoring,
        served,
        metrics,
        corrections,
        bundles,
        folder=settings.data_folder / "monitoring",
        feedback_kept=timedelta(days=settings.feedback_days),
        webhook_secret=None if secret is None else read_secret(secret),
    )


def _shadow(settings: ServiceSettings, served: ServedModels, metrics: Metrics) -> Shadow | None:
    if settings.shadow is None:
        return None
    # One thread is all that it may take from those who wait for an answer.
    challenger = ServedModel(settings.shadow, settings.model_copy(update={"threads": 1}))
    return Shadow(
        challenger, champion=lambda: served.first, share=settings.shadow_share, metrics=metrics
    )
