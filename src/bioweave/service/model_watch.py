"""Serves the bundle that a name stands for now, without a request lost."""

from __future__ import annotations

import asyncio
import logging

from bioweave.service.metrics import Metrics
from bioweave.service.served_models import ServedModels, Version, version_of

_log = logging.getLogger(__name__)


class ModelWatch:
    """Looks now and then whether `promote`, or an export, has put another bundle under a name.

    The new one is loaded beside the old one and takes its place in one step; requests under way end
    with the one they began with. One that cannot be loaded is told once, and the old one stays.
    """

    def __init__(self, models: ServedModels, metrics: Metrics, *, seconds: float) -> None:
        self._models = models
        self._metrics = metrics
        self._seconds = seconds
        # What could not be loaded, by name: tried again once it is another.
        self._refused: dict[str, Version | None] = {}
        for model in models:
            metrics.model_served(model.name, model.fingerprint)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(self._seconds)
            await asyncio.to_thread(self.look)

    def look(self) -> None:
        """Serve what is new; never raises, whatever is the matter with a bundle."""
        for name in [model.name for model in self._models]:
            version: Version | None = None
            try:
                if self._models.is_current(name):
                    self._refused.pop(name, None)
                    continue
                version = version_of(name)
                if self._is_refused(name, version):
                    continue
                made = self._models.renew(name)
            # A damaged file may fail in any library that reads it.
            except Exception as error:
                self._refuse(name, version, error)
            else:
                self._refused.pop(name, None)
                self._metrics.model_served(name, made.fingerprint)
                _log.warning("model %s is now %s", name, made.fingerprint)

    def _is_refused(self, name: str, version: Version | None) -> bool:
        return name in self._refused and self._refused[name] == version

    def _refuse(self, name: str, version: Version | None, error: Exception) -> None:
        if not self._is_refused(name, version):
            self._refused[name] = version
            self._metrics.model_refused(name)
            _log.error("model %s stays as it was: %s", name, error)
