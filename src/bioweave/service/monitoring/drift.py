"""Whether a model's documents are still those that its reference tells of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bioweave.service.monitoring.distances import Counts, Distance, comparable_js, distance
from bioweave.service.monitoring.histograms import Histogram
from bioweave.service.monitoring.signals import Signal
from bioweave.service.settings import MonitoringSettings


class Level(StrEnum):
    """What a distance means; `unknown` where too little was seen."""

    UNKNOWN = "unknown"
    STABLE = "stable"
    WARNING = "warning"
    ALERT = "alert"


@dataclass(frozen=True, slots=True, eq=False)
class Drift:
    """One signal beside its reference; `distance` is None where too little was seen."""

    signal: Signal
    reference: Histogram
    seen: Histogram
    distance: Distance | None
    level: Level


def compare(
    signals: Sequence[Signal],
    reference: Mapping[str, Histogram],
    seen: Mapping[str, Counts],
    n_documents: int,
    settings: MonitoringSettings,
) -> list[Drift]:
    """Each signal that the reference tells of, in order.

    A level is that of the index or of the Jensen-Shannon distance, whichever is higher, both
    without their noise, and never above stable where chance alone could have made it.
    """
    return [
        _compared(signal, reference[signal.name], seen[signal.name], n_documents, settings)
        for signal in signals
        if signal.name in reference
    ]


def _compared(
    signal: Signal,
    reference: Histogram,
    seen: Counts,
    n_documents: int,
    settings: MonitoringSettings,
) -> Drift:
    histogram = Histogram(signal.bins, seen, reference.design_effect)
    if n_documents < settings.least_documents or not seen.any():
        return Drift(signal, reference, histogram, None, Level.UNKNOWN)
    found = distance(reference.counts, seen, reference.design_effect)
    return Drift(signal, reference, histogram, found, _level(found, settings))


def _level(found: Distance, settings: MonitoringSettings) -> Level:
    if not found.is_beyond_chance:
        return Level.STABLE
    for level, psi in (
        (Level.ALERT, settings.drift_alert),
        (Level.WARNING, settings.drift_warning),
    ):
        if found.excess_psi >= psi or found.excess_js >= comparable_js(psi):
            return level
    return Level.STABLE
