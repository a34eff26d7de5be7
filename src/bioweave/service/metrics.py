"""What the service counts, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from bioweave import __version__
from bioweave.document import Document
from bioweave.service.job_metrics import JobMetrics

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
_TENTHS = tuple(tenth / 10 for tenth in range(1, 11))


class Metrics:
    """One service's measurements, apart from those of any other in the process."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        # Memory, processor time, open files: of the whole process.
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        Info("bioweave_build", "What runs here", registry=registry).info({"version": __version__})
        self._requests = Counter(
            "bioweave_requests_total",
            "Requests that were answered",
            ("route", "method", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "bioweave_request_seconds",
            "From a request's first byte to the last of its answer",
            ("route", "method"),
            buckets=_SECONDS,
            registry=registry,
        )
        self._documents = Counter(
            "bioweave_documents_total", "Documents annotated", ("model",), registry=registry
        )
        self._characters = Counter(
            "bioweave_characters_total", "Characters annotated", ("model",), registry=registry
        )
        self._words = Counter(
            "bioweave_words_total", "Words annotated", ("model",), registry=registry
        )
        self._mentions = Counter(
            "bioweave_mentions_total", "Mentions found", ("model", "label"), registry=registry
        )
        self._confidence = Histogram(
            "bioweave_confidence",
            "Confidence of the mentions found",
            ("model", "label"),
            buckets=_TENTHS,
            registry=registry,
        )
        self._batches = Histogram(
            "bioweave_batch_documents",
            "Documents that were annotated together",
            buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
            registry=registry,
        )
        self._batch_seconds = Histogram(
            "bioweave_batch_seconds", "How long a batch took", buckets=_SECONDS, registry=registry
        )
        self._model = Gauge(
            "bioweave_model_info",
            "The bundles that are served",
            ("model", "fingerprint"),
            registry=registry,
        )
        self._refused = Counter(
            "bioweave_model_refused_total",
            "Bundles that were put under a model's name and cannot be served",
            ("model",),
            registry=registry,
        )
        self._shadow_documents = Counter(
            "bioweave_shadow_documents_total",
            "Documents that were meant for the challenger too, and what became of them",
            ("outcome",),
            registry=registry,
        )
        self._shadow_mentions = Counter(
            "bioweave_shadow_mentions_total",
            "Mentions by who found them, the champion, the challenger or both",
            ("label", "found_by"),
            registry=registry,
        )
        self._waiting = Gauge(
            "bioweave_waiting_characters",
            "Text that is accepted and not yet answered",
            registry=registry,
        )

        self.jobs = JobMetrics(registry)
        self._turned_away = Counter(
            "bioweave_turned_away_total",
            "Requests that were not let in, by what their keys or their clients' limits lacked",
            ("reason",),
            registry=registry,
        )

    def turned_away(self, reason: str) -> None:
        """Somebody may not do what was asked for."""
        self._turned_away.labels(reason).inc()

    def watch_queue(self, waiting: Callable[[], int]) -> None:
        """Ask this for the length of the queue whenever somebody wants to know it."""
        self._waiting.set_function(waiting)

    def model_served(self, model: str, fingerprint: str) -> None:
        """A bundle is served under this name, in the place of any other."""
        self._model.remove_by_labels({"model": model})
        self._model.labels(model, fingerprint).set(1)
        # Zero is there from the start, or the first refusal would be no increase.
        self._refused.labels(model)

    def model_refused(self, model: str) -> None:
        """A bundle that was to be served under this name cannot be."""
        self._refused.labels(model).inc()

    def request_answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """A request came to its end."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route, method).observe(seconds)

    def batch_annotated(self, n_documents: int, seconds: float) -> None:
        """Documents went through the model together."""
        self._batches.observe(n_documents)
        self._batch_seconds.observe(seconds)

    def document_annotated(self, model: str, document: Document, n_words: int) -> None:
        """A document got its mentions."""
        self._documents.labels(model).inc()
        self._characters.labels(model).inc(len(document.text))
        self._words.labels(model).inc(n_words)
        for mention in document.mentions:
            self._mentions.labels(model, mention.label).inc()
            if mention.confidence is not None:
                self._confidence.labels(model, mention.label).observe(mention.confidence)

    def shadow_document(self, outcome: str) -> None:
        """A document was compared, left_out or failed."""
        self._shadow_documents.labels(outcome).inc()

    def shadow_mentions(
        self, label: str, both: int, only_challenger: int, only_champion: int
    ) -> None:
        """What two models found in a document."""
        self._shadow_mentions.labels(label, "both").inc(both)
        self._shadow_mentions.labels(label, "challenger").inc(only_challenger)
        self._shadow_mentions.labels(label, "champion").inc(only_champion)

    def exposition(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self.registry)
