"""Annotation over HTTP: `bioweave serve` (the extra `serve`)."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bioweave.errors import MissingExtraError

if TYPE_CHECKING:
    from bioweave.service.application import create_application
    from bioweave.service.settings import ServiceSettings

_MODULES = {"ServiceSettings": "settings", "create_application": "application"}

__all__ = ["ServiceSettings", "create_application"]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f"{__name__}.{_MODULES[name]}")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "bioweave":
            raise
        raise MissingExtraError(error.name, extra="serve", needed_for="the service") from error
    return getattr(module, name)
