"""`/monitor` and `/v1/monitor`: the service watched while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bioweave.service.keys import Scope
from bioweave.service.monitoring.alerts import Alert
from bioweave.service.monitoring.distances import comparable_js
from bioweave.service.monitoring.drift import Drift
from bioweave.service.monitoring.monitor import ModelReport
from bioweave.service.monitoring.quality import Estimate, LabelQuality, Quality
from bioweave.service.monitoring.traffic import Moment
from bioweave.service.routes.guarding import needs
from bioweave.service.routes.monitor_bodies import (
    AlertBody,
    EstimateBody,
    LabelQualityBody,
    MarksBody,
    MomentsBody,
    MonitorBody,
    MonitoredModelBody,
    QualityBody,
    ReferenceBody,
    SignalBody,
)
from bioweave.service.routes.page import asset_response
from bioweave.service.settings import MonitoringSettings
from bioweave.service.state import state_of

router = APIRouter(tags=["operation"])


@router.get("/monitor", include_in_schema=False)
async def monitor_page() -> Response:
    """The page; what it shows it asks for itself."""
    return asset_response("monitor.html")


@router.get(
    "/v1/monitor",
    summary="Traffic, drift, quality and alerts",
    dependencies=[needs(Scope.READ)],
)
async def monitor(request: Request) -> MonitorBody:
    """As of the last evaluation: asking costs the service nothing but the answer."""
    watching = state_of(request).monitor
    report, settings = watching.report, watching.settings
    return MonitorBody(
        time=_moment(report.time),
        seconds=settings.seconds,
        moments=_moments(report.moments),
        models=[_model(one, settings) for one in report.models],
        alerts=[_alert(one) for one in report.alerts],
        marks=MarksBody(
            drift_warning=settings.drift_warning,
            drift_alert=settings.drift_alert,
            js_warning=comparable_js(settings.drift_warning),
            js_alert=comparable_js(settings.drift_alert),
            quality_floor=settings.quality_floor,
            quality_days=settings.quality_days,
            least_corrected=settings.least_corrected,
        ),
    )


def _moments(moments: Sequence[Moment]) -> MomentsBody:
    return MomentsBody(
        time=[_moment(one.time) for one in moments],
        requests=[one.requests for one in moments],
        errors=[one.errors for one in moments],
        documents=[one.documents for one in moments],
        words=[one.words for one in moments],
        median=[one.median for one in moments],
        p95=[one.p95 for one in moments],
        waiting_characters=[one.waiting_characters for one in moments],
    )


def _model(report: ModelReport, settings: MonitoringSettings) -> MonitoredModelBody:
    traffic, reference = report.traffic, report.traffic.reference
    return MonitoredModelBody(
        name=report.model.name,
        title=report.model.bundle.manifest.name,
        fingerprint=report.model.fingerprint,
        documents=traffic.n_documents,
        least_documents=settings.least_documents,
        reference=None
        if reference is None
        else ReferenceBody(
            source=reference.source, documents=reference.n_documents, origin=reference.origin
        ),
        learned=traffic.n_learned,
        to_learn=settings.learned_documents,
        signals=[_signal(one) for one in traffic.drifts],
        quality=_quality(report.quality.of_documents),
        quality_of_days=_quality(report.quality.of_days),
    )


def _signal(drift: Drift) -> SignalBody:
    found = drift.distance
    return SignalBody(
        name=drift.signal.name,
        title=drift.signal.title,
        bins=list(drift.signal.bins),
        reference=drift.reference.shares,
        seen=drift.seen.shares,
        psi=None if found is None else found.psi,
        psi_noise=None if found is None else found.noise,
        psi_excess=None if found is None else found.excess_psi,
        psi_ceiling=None if found is None else found.ceiling,
        js=None if found is None else found.js,
        js_excess=None if found is None else found.excess_js,
        level=drift.level.value,
    )


def _quality(quality: Quality | None) -> QualityBody | None:
    if quality is None:
        return None
    labels = {"all": quality.overall, **quality.by_label}
    return QualityBody(
        documents=quality.n_documents,
        labels=[_label(label, one) for label, one in labels.items()],
    )


def _label(label: str, one: LabelQuality) -> LabelQualityBody:
    return LabelQualityBody(
        label=label,
        precision=_estimate(one.precision),
        recall=_estimate(one.recall),
        f1=_estimate(one.f1),
        support=one.support,
    )


def _estimate(one: Estimate | None) -> EstimateBody | None:
    return None if one is None else EstimateBody(value=one.value, low=one.low, high=one.high)


def _alert(alert: Alert) -> AlertBody:
    condition = alert.condition
    return AlertBody(
        alert=condition.alert,
        model=condition.model,
        state=alert.state.value,
        since=alert.since,
        value=condition.value,
        mark=condition.mark,
        summary=condition.told,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
