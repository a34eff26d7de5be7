"""What monitoring tells Prometheus."""

from __future__ import annotations

import math

from prometheus_client import CollectorRegistry, Counter, Gauge

from bioweave.service.monitoring.alerts import Alert, AlertState
from bioweave.service.monitoring.quality import MEASURES, Estimate, Quality
from bioweave.service.monitoring.watched_model import Traffic

_OF_SIGNAL = ("model", "signal")
_OF_QUALITY = ("model", "label", "measure")


class MonitoringMetrics:
    """Gauges of the last evaluation: NaN where too little was seen to tell."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._psi = Gauge(
            "bioweave_drift_psi",
            "Population stability index against the reference, without what chance makes",
            _OF_SIGNAL,
            registry=registry,
        )
        self._js = Gauge(
            "bioweave_drift_js_distance",
            "Jensen-Shannon distance from the reference, without what chance makes",
            _OF_SIGNAL,
            registry=registry,
        )
        self._documents = Gauge(
            "bioweave_drift_documents",
            "Documents in the window that drift is told of",
            ("model",),
            registry=registry,
        )
        self._has_reference = Gauge(
            "bioweave_drift_reference",
            "1 where there is a reference to compare with, 0 while it is learned",
            ("model",),
            registry=registry,
        )
        self._quality = Gauge(
            "bioweave_quality_ratio",
            "Strict precision, recall and F1 over the documents that were corrected last",
            _OF_QUALITY,
            registry=registry,
        )
        self._low = Gauge(
            "bioweave_quality_low_ratio",
            "The lower end of its 95% interval",
            _OF_QUALITY,
            registry=registry,
        )
        self._high = Gauge(
            "bioweave_quality_high_ratio",
            "The upper end of its 95% interval",
            _OF_QUALITY,
            registry=registry,
        )
        self._corrected = Gauge(
            "bioweave_quality_documents",
            "Corrected documents that quality is told of",
            ("model",),
            registry=registry,
        )
        self._firing = Gauge(
            "bioweave_alert_firing", "1 while an alert fires", ("alert", "model"), registry=registry
        )
        self._changes = Counter(
            "bioweave_alert_changes_total",
            "How often an alert began (firing) and ceased (resolved) to fire",
            ("alert", "model", "state"),
            registry=registry,
        )
        self._webhooks = Counter(
            "bioweave_webhook_messages_total",
            "Alerts for the webhook, by what became of them",
            ("outcome",),
            registry=registry,
        )
        self._feedback = Counter(
            "bioweave_feedback_total",
            "Corrections that were accepted",
            ("model",),
            registry=registry,
        )
        self._evaluated = Gauge(
            "bioweave_monitor_evaluated_timestamp_seconds",
            "When everything was last judged",
            registry=registry,
        )
        self._labels: dict[str, tuple[str, ...]] = {}
        for outcome in ("delivered", "failed", "dropped"):
            self._webhooks.labels(outcome)

    def traffic(self, model: str, traffic: Traffic) -> None:
        """The drift of a model."""
        self._documents.labels(model).set(traffic.n_documents)
        self._has_reference.labels(model).set(traffic.reference is not None)
        if not traffic.drifts:
            # What an earlier bundle's were says nothing of this one.
            for gauge in (self._psi, self._js):
                gauge.remove_by_labels({"model": model})
        for drift in traffic.drifts:
            found = drift.distance
            name = drift.signal.name
            self._psi.labels(model, name).set(math.nan if found is None else found.excess_psi)
            self._js.labels(model, name).set(math.nan if found is None else found.excess_js)

    def quality(self, model: str, quality: Quality | None) -> None:
        """The quality of a model; None where nothing was corrected."""
        self._feedback.labels(model)
        self._corrected.labels(model).set(0 if quality is None else quality.n_documents)
        labels = () if quality is None else tuple(quality.by_label)
        if self._labels.get(model) != labels:
            # Another bundle under the same name may lack labels that the one before had.
            self._labels[model] = labels
            for gauge in (self._quality, self._low, self._high):
                gauge.remove_by_labels({"model": model})
        if quality is None:
            return
        for label, one in {"all": quality.overall, **quality.by_label}.items():
            for measure in MEASURES:
                found: Estimate | None = getattr(one, measure)
                names = (model, label, measure)
                self._quality.labels(*names).set(math.nan if found is None else found.value)
                self._low.labels(*names).set(math.nan if found is None else found.low)
                self._high.labels(*names).set(math.nan if found is None else found.high)

    def alert(self, alert: Alert) -> None:
        """An alert as it stands."""
        condition = alert.condition
        is_firing = alert.state is AlertState.FIRING
        self._firing.labels(condition.alert, condition.model).set(is_firing)

    def alert_changed(self, alert: Alert) -> None:
        """An alert began to fire, or ceased to."""
        condition = alert.condition
        self._changes.labels(condition.alert, condition.model, alert.state.value).inc()

    def webhook(self, outcome: str) -> None:
        """A message was delivered, failed or dropped."""
        self._webhooks.labels(outcome).inc()

    def feedback(self, model: str) -> None:
        """A correction was accepted."""
        self._feedback.labels(model).inc()

    def evaluated(self, moment: float) -> None:
        """Everything was judged, at this moment since the epoch."""
        self._evaluated.set(moment)
