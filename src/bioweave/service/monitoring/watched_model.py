"""One served model under watch: its last documents beside its reference."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bioweave.annotator.inference import Annotation
from bioweave.document import Document
from bioweave.errors import BundleError
from bioweave.service.monitoring.drift import Drift, compare
from bioweave.service.monitoring.reference import (
    Reference,
    ReferenceTally,
    bundle_reference,
    read_reference,
)
from bioweave.service.monitoring.signals import Observer
from bioweave.service.monitoring.windows import RollingWindow
from bioweave.service.served_models import Options, ServedModel
from bioweave.service.settings import MonitoringSettings
from bioweave.whole_files import write_json

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Traffic:
    """What is known of a model's documents; `reference` is None while it is still learned."""

    n_documents: int
    reference: Reference | None
    n_learned: int
    drifts: Sequence[Drift]


class WatchedModel:
    """Counts what one bundle finds, from any thread.

    Without a reference it learns one from the first documents, and keeps it in `folder`: after a
    restart what is new must not become what is normal.
    """

    def __init__(self, model: ServedModel, settings: MonitoringSettings, folder: Path) -> None:
        self.model = model
        self._settings = settings
        self._observer = Observer(model.bundle)
        self._window = RollingWindow(
            self._observer.signals, settings.drift_documents, settings.drift_hours * 3600
        )
        self._learned = folder / f"reference-{model.fingerprint}.json"
        self._tally: ReferenceTally | None = None
        self._to_keep: Reference | None = None
        self._lock = threading.Lock()
        self._reference = self._known_reference()
        if self._reference is None:
            self._tally = ReferenceTally(self._observer.signals)

    def is_typical(self, options: Options) -> bool:
        """Whether documents asked for so can be held against a reference.

        Another mode has other confidences, some labels alone another mix.
        """
        labels = self.model.bundle.manifest.labels
        return options.mode == "balanced" and (
            options.labels is None or set(options.labels) == set(labels)
        )

    def add(self, found: Sequence[tuple[Document, Annotation]]) -> None:
        """Count documents."""
        observed = [self._observer(document, annotation) for document, annotation in found]
        with self._lock:
            for places in observed:
                self._window.add(places)
                if self._tally is not None:
                    self._tally.add(places)
                    if self._tally.n_documents >= self._settings.learned_documents:
                        self._learn(self._tally)

    def traffic(self) -> Traffic:
        """How things stand; a reference that was learned meanwhile is written down."""
        with self._lock:
            counts = self._window.counts()
            n_documents = self._window.n_documents
            reference, tally, to_keep = self._reference, self._tally, self._to_keep
            self._to_keep = None
            n_learned = 0 if tally is None else tally.n_documents
        if to_keep is not None:
            self._keep(to_keep)
        signals = self._observer.signals
        fitting = {} if reference is None else reference.fitting(signals)
        drifts = compare(signals, fitting, counts, n_documents, self._settings)
        return Traffic(n_documents, reference, n_learned, drifts)

    def _known_reference(self) -> Reference | None:
        try:
            if self._settings.reference == "bundle":
                found = bundle_reference(self.model.bundle.path)
                if found is not None:
                    return found
            if self._learned.is_file():
                return read_reference(self._learned, "traffic")
        except BundleError as error:
            # What is watched is no reason not to serve.
            _log.error("%s", error)
        return None

    def _learn(self, tally: ReferenceTally) -> None:
        source = f"the first {tally.n_documents:,} documents that this service was asked"
        self._reference = self._to_keep = tally.reference(source, "traffic")
        self._tally = None
        # What was learned from is no news; the window begins behind it.
        self._window = RollingWindow(
            self._observer.signals,
            self._settings.drift_documents,
            self._settings.drift_hours * 3600,
        )

    def _keep(self, reference: Reference) -> None:
        try:
            self._learned.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_json(self._learned, reference.to_json())
        except OSError as error:
            _log.error("the learned reference is not kept: %s", type(error).__name__)
