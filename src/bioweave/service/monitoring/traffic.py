"""How fast the service is, over the last minutes: differences of what its metrics have counted."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bioweave.service.metrics import Metrics

# What of requests is a request for annotation; others would hide how long these take.
ROUTE = "/v1/annotate"
_N_MOMENTS = 120
_BUCKETS = "bioweave_request_seconds_bucket"


@dataclass(frozen=True, slots=True)
class Totals:
    """What was counted since the start; `buckets` are (seconds, requests up to so many)."""

    requests: float
    errors: float
    documents: float
    words: float
    buckets: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """Rates by the second between two looks, and latencies in seconds, None without a request."""

    time: float
    requests: float
    errors: float
    documents: float
    words: float
    median: float | None
    p95: float | None
    waiting_characters: int


class TrafficHistory:
    """The last looks at the counters; nothing is done for a request."""

    def __init__(self, metrics: Metrics, clock: Callable[[], float] = time.time) -> None:
        self._metrics = metrics
        self._clock = clock
        self._moments: deque[Moment] = deque(maxlen=_N_MOMENTS)
        self._last: tuple[float, Totals] | None = None

    def look(self, waiting_characters: int) -> None:
        """Take down what has happened since the last look."""
        now, totals = self._clock(), totals_of(self._metrics)
        if self._last is not None and now > self._last[0]:
            then, before = self._last
            seconds = now - then
            passed = _passed(before.buckets, totals.buckets)
            self._moments.append(
                Moment(
                    now,
                    (totals.requests - before.requests) / seconds,
                    (totals.errors - before.errors) / seconds,
                    (totals.documents - before.documents) / seconds,
                    (totals.words - before.words) / seconds,
                    quantile(passed, 0.5),
                    quantile(passed, 0.95),
                    waiting_characters,
                )
            )
        self._last = now, totals

    @property
    def moments(self) -> Sequence[Moment]:
        """The last looks, the latest last."""
        return tuple(self._moments)


def totals_of(metrics: Metrics) -> Totals:
    """The counters as they stand."""
    requests = errors = documents = words = 0.0
    buckets: dict[float, float] = {}
    for family in metrics.registry.collect():
        for sample in family.samples:
            if sample.name == "bioweave_requests_total" and sample.labels["route"] == ROUTE:
                requests += sample.value
                errors += sample.value if sample.labels["status"] >= "500" else 0
            elif sample.name == "bioweave_documents_total":
                documents += sample.value
            elif sample.name == "bioweave_words_total":
                words += sample.value
            elif sample.name == _BUCKETS and sample.labels["route"] == ROUTE:
                edge = float(sample.labels["le"])
                buckets[edge] = buckets.get(edge, 0) + sample.value
    return Totals(requests, errors, documents, words, tuple(sorted(buckets.items())))


def quantile(buckets: Sequence[tuple[float, float]], share: float) -> float | None:
    """A quantile from counts up to each edge, as Prometheus' `histogram_quantile` takes it.

    Evenly within a bucket; beyond the last finite edge it is that edge.

    >>> quantile([(1.0, 10), (2.0, 20), (math.inf, 20)], 0.75)
    1.5
    """
    if not buckets or not buckets[-1][1]:
        return None
    rank = share * buckets[-1][1]
    below, edge_below = 0.0, 0.0
    for edge, count in buckets:
        if count >= rank:
            if math.isinf(edge):
                return edge_below
            return edge_below + (edge - edge_below) * (rank - below) / (count - below)
        below, edge_below = count, edge
    return edge_below


def _passed(
    before: Sequence[tuple[float, float]], after: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    earlier = dict(before)
    return [(edge, count - earlier.get(edge, 0)) for edge, count in after]
