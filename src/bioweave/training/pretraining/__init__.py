"""Masked-language modelling: an encoder and a text in, a better encoder for such text out.

Names are looked up when first used: only then is torch loaded.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bioweave.training.pretraining.run import pretrain
    from bioweave.training.pretraining.settings import PretrainingSettings

_MODULES = {"PretrainingSettings": "settings", "pretrain": "run"}

__all__ = ["PretrainingSettings", "pretrain"]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
