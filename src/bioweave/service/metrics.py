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
        self._waiting = Gauge(
            "bioweave_waiting_characters",
            "Text that is accepted and not yet answered",
            registry=registry,
        )

    def watch_queue(self, waiting: Callable[[], int]) -> None:
        """Ask this for the length of the queue whenever somebody wants to know it."""
        self._waiting.set_function(waiting)

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

    def exposition(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self.registry)
