"""The quality of served models as of the corrections in the database, of all services on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bioweave.service.monitoring.quality import Quality, counts_of, quality_of
from bioweave.service.served_models import ServedModel
from bioweave.service.settings import MonitoringSettings
from bioweave.service.storage import CorrectedDocument, FeedbackStore

# More would take long to draw from, and make no difference that anybody sees.
_MOST_OF_DAYS = 2_000
# Corrections grow too old even where none comes.
_FRESH_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Of the last corrected documents, and of those of the last days; None where there is none."""

    of_documents: Quality | None
    of_days: Quality | None


@dataclass(frozen=True, slots=True)
class _Known:
    change: Any
    at: float
    report: QualityReport


class CorrectedQuality:
    """Judges the corrections of a model; drawn anew only where they have changed."""

    def __init__(
        self,
        store: FeedbackStore,
        settings: MonitoringSettings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._known: dict[str, _Known] = {}

    def report(self, model: ServedModel) -> QualityReport:
        """The quality of what is served now; corrections of an earlier bundle do not count.

        Raises SQLAlchemyError while the database is away.
        """
        change = self._store.change(model.fingerprint)
        known = self._known.get(model.fingerprint)
        if known is None or known.change != change or self._clock() - known.at > _FRESH_SECONDS:
            known = _Known(change, self._clock(), self._judged(model))
            self._known[model.fingerprint] = known
        return known.report

    def _judged(self, model: ServedModel) -> QualityReport:
        labels = model.bundle.manifest.labels
        n_most = max(self._settings.quality_documents, _MOST_OF_DAYS)
        corrected = self._store.corrected(model.fingerprint, n_most)
        oldest = datetime.now(UTC) - timedelta(days=self._settings.quality_days)
        of_days = [one for one in corrected[:_MOST_OF_DAYS] if one.created >= oldest]

        def judged(some: list[CorrectedDocument]) -> Quality | None:
            return quality_of(counts_of([one.counts for one in some], labels), labels)

        return QualityReport(judged(corrected[: self._settings.quality_documents]), judged(of_days))
