"""What of an evaluation is an alert."""

from __future__ import annotations

from bioweave.service.monitoring.alerts import Condition
from bioweave.service.monitoring.drift import Drift, Level
from bioweave.service.monitoring.quality import Quality
from bioweave.service.settings import MonitoringSettings

QUALITY = "quality"


def drift_alert(signal: str) -> str:
    """What the alert of a signal is called."""
    return f"drift_{signal}"


def of_drift(model: str, drift: Drift, settings: MonitoringSettings) -> Condition:
    """Wrong where the signal is at the level of an alert."""
    found = drift.distance
    told = f"{drift.signal.title}: too few documents to tell"
    if found is not None:
        told = (
            f"{drift.signal.title}: population stability index {found.excess_psi:.3f}, "
            f"Jensen-Shannon distance {found.excess_js:.3f} from the reference"
        )
    return Condition(
        alert=drift_alert(drift.signal.name),
        model=model,
        is_wrong=drift.level is Level.ALERT,
        value=None if found is None else found.excess_psi,
        mark=settings.drift_alert,
        told=told,
    )


def of_quality(model: str, quality: Quality | None, settings: MonitoringSettings) -> Condition:
    """Wrong where all of F1's interval is below the floor: one bad document is none."""
    f1 = None if quality is None else quality.overall.f1
    n_documents = 0 if quality is None else quality.n_documents
    is_known = f1 is not None and n_documents >= settings.least_corrected
    told = f"F1: {n_documents} corrected documents, {settings.least_corrected} are needed to tell"
    if f1 is not None and is_known:
        told = (
            f"F1 {f1.value:.3f}, 95% interval {f1.low:.3f} to {f1.high:.3f}, over the last "
            f"{n_documents} corrected documents"
        )
    return Condition(
        alert=QUALITY,
        model=model,
        is_wrong=f1 is not None and is_known and f1.high < settings.quality_floor,
        value=f1.value if f1 is not None and is_known else None,
        mark=settings.quality_floor,
        told=told,
    )
