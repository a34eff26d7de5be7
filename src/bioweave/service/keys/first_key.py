"""A service that needs keys does not start without one."""

from __future__ import annotations

from bioweave.errors import ConfigurationError
from bioweave.service.keys.scopes import Scope
from bioweave.service.settings import ServiceSettings
from bioweave.service.storage import KeyStore


def refuse_without_keys(keys: KeyStore, settings: ServiceSettings) -> None:
    """Raises ConfigurationError, with the command that makes a key, where none opens anything."""
    if keys.any_usable():
        return
    where = "" if settings.data is None else f" --data {settings.data}"
    # The URL may hold a password, and this ends up in logs.
    where += "" if settings.database is None else " --database ..."
    raise ConfigurationError(
        f"nobody could use this service: it asks for keys, and there is none that opens anything; "
        f"make one: bioweave keys create NAME --scope {Scope.ANNOTATE} --scope {Scope.READ}{where}"
    )
