"""Watches the service: judges every few seconds what was counted, and tells what is wrong."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bioweave.annotator.inference import Annotation
from bioweave.document import Document
from bioweave.service.metrics import Metrics
from bioweave.service.monitoring.alerts import Alert, AlertBook, Condition
from bioweave.service.monitoring.conditions import of_drift, of_quality
from bioweave.service.monitoring.corrected_quality import CorrectedQuality, QualityReport
from bioweave.service.monitoring.gauges import MonitoringMetrics
from bioweave.service.monitoring.traffic import Moment, TrafficHistory
from bioweave.service.monitoring.watched_model import Traffic, WatchedModel
from bioweave.service.monitoring.webhook import Webhook
from bioweave.service.served_models import Asked, ServedModel, ServedModels
from bioweave.service.settings import MonitoringSettings
from bioweave.service.storage import FeedbackStore, ServedBundle, ServedStore

_SWEEP_SECONDS = 600.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class ModelReport:
    """How one model does."""

    model: ServedModel
    traffic: Traffic
    quality: QualityReport


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """How the service did when everything was last judged, seconds since the epoch."""

    time: float
    moments: Sequence[Moment]
    models: Sequence[ModelReport]
    alerts: Sequence[Alert]


class Monitor:
    """Give its `watch` to whatever annotates, and let `run` go on beside the requests.

    Requests cost a few additions each; all else happens in `run`, in a thread of its own, and a
    request for the report takes the last one. Corrections older than `feedback_kept` are removed.
    For as long it is known what was served: corrections of that may still come.
    """

    def __init__(
        self,
        settings: MonitoringSettings,
        models: ServedModels,
        metrics: Metrics,
        feedback: FeedbackStore,
        served: ServedStore,
        *,
        folder: Path,
        feedback_kept: timedelta,
        webhook_secret: bytes | None = None,
    ) -> None:
        self.settings = settings
        self._models = models
        self._feedback = feedback
        self._feedback_kept = feedback_kept
        self._served = served
        self._noted: set[str] = set()
        self._folder = folder
        self.metrics = MonitoringMetrics(metrics.registry)
        self._history = TrafficHistory(metrics)
        self._quality = CorrectedQuality(feedback, settings)
        self._qualities: dict[str, QualityReport] = {}
        self._book = AlertBook(fire_after=settings.fire_after, resolve_after=settings.resolve_after)
        self._webhook = (
            None
            if settings.alert_webhook is None
            else Webhook(settings.alert_webhook, webhook_secret, on_outcome=self.metrics.webhook)
        )
        self._watched = {model.name: self._watch_of(model) for model in models}
        self._swept = float("-inf")
        self.report = Report(time.time(), (), (), ())

    def watch(self, asked: Asked, found: Sequence[tuple[Document, Annotation]]) -> None:
        """Count what a model has found; called in the thread that annotated, and quick."""
        watched = self._watched.get(asked.model.name)
        # Those that began with a bundle that was replaced meanwhile tell nothing of the new one.
        is_served = watched is not None and watched.model is asked.model
        if watched is not None and is_served and watched.is_typical(asked.options):
            watched.add(found)

    async def run(self, waiting_characters: Callable[[], int] = lambda: 0) -> None:
        """Judge until cancelled."""
        # Its own: at the end it is waited for, as no cancelled task waits for a thread.
        with ThreadPoolExecutor(1, thread_name_prefix="monitor") as thread:
            async with asyncio.TaskGroup() as tasks:
                if self._webhook is not None:
                    tasks.create_task(self._webhook.run())
                tasks.create_task(self._judge_on(thread, waiting_characters))

    async def _judge_on(self, thread: Executor, waiting_characters: Callable[[], int]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                judging = loop.run_in_executor(thread, self.evaluate, waiting_characters())
                changed = await judging
            except Exception as error:
                # Whoever watches must not fall silent for good.
                _log.error("nothing was judged: %s", type(error).__name__)
            else:
                for alert in changed:
                    self._tell(alert)
            await asyncio.sleep(self.settings.seconds)

    def evaluate(self, waiting_characters: int = 0) -> list[Alert]:
        """Judge now; the alerts that begin or cease to fire by it. One thread at a time."""
        self._history.look(waiting_characters)
        self._note_served()
        self._sweep()
        reports = [self._model_report(model) for model in self._models]
        changed = self._book.judge(one for report in reports for one in self._conditions(report))
        alerts = self._book.alerts()
        for report in reports:
            self.metrics.traffic(report.model.name, report.traffic)
            self.metrics.quality(report.model.name, report.quality.of_documents)
        for alert in alerts:
            self.metrics.alert(alert)
        now = time.time()
        self.metrics.evaluated(now)
        self.report = Report(now, self._history.moments, reports, alerts)
        return changed

    def _tell(self, alert: Alert) -> None:
        condition = alert.condition
        _log.warning(
            "alert %s of model %s is %s: %s",
            condition.alert,
            condition.model,
            alert.state.value,
            condition.told,
        )
        self.metrics.alert_changed(alert)
        if self._webhook is not None:
            self._webhook.send(alert.to_json())

    def _model_report(self, model: ServedModel) -> ModelReport:
        watched = self._watched[model.name]
        if watched.model is not model:
            # Another bundle was put under the name: it has its own reference, and no past.
            watched = self._watched[model.name] = self._watch_of(model)
        try:
            self._qualities[model.fingerprint] = self._quality.report(model)
        except SQLAlchemyError as error:
            # The last that is known stands until the database is back.
            _log.error("corrections cannot be read: %s", type(error).__name__)
        known = self._qualities.get(model.fingerprint, QualityReport(None, None))
        return ModelReport(model, watched.traffic(), known)

    def _conditions(self, report: ModelReport) -> list[Condition]:
        name = report.model.name
        drifts = [of_drift(name, drift, self.settings) for drift in report.traffic.drifts]
        return [*drifts, of_quality(name, report.quality.of_documents, self.settings)]

    def _watch_of(self, model: ServedModel) -> WatchedModel:
        return WatchedModel(model, self.settings, self._folder)

    def _note_served(self) -> None:
        served = [
            ServedBundle(one.fingerprint, one.name, tuple(one.bundle.manifest.labels))
            for one in self._models
        ]
        fresh = [one for one in served if one.fingerprint not in self._noted]
        try:
            self._served.note(fresh)
            self._noted = {one.fingerprint for one in served}
        except SQLAlchemyError as error:
            _log.error("what is served is not noted: %s", type(error).__name__)

    def _sweep(self) -> None:
        if time.monotonic() - self._swept < _SWEEP_SECONDS:
            return
        try:
            self._feedback.remove_older(self._feedback_kept)
            self._served.remove_older(self._feedback_kept)
            # So that what is still served stays.
            self._noted = set()
            self._swept = time.monotonic()
        except SQLAlchemyError as error:
            _log.error("old corrections are not removed: %s", type(error).__name__)
