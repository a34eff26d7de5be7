"""The trained side of bioweave: encoder, word features, context, CRF heads, ONNX export.

Names are looked up when first used, so that `bioweave encoders` answers without loading torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bioweave.errors import MissingExtraError

if TYPE_CHECKING:
    from bioweave.model.building import build_tagger
    from bioweave.model.crf import Crf
    from bioweave.model.encoder import Encoder, load_encoder
    from bioweave.model.encoders import ENCODERS, EncoderSource, encoder_folder, fetch_encoders
    from bioweave.model.export import export_onnx
    from bioweave.model.heads import Head
    from bioweave.model.settings import InputSizes, TaggerSettings
    from bioweave.model.tagger import Tagger

_MODULES = {
    "Crf": "crf",
    "ENCODERS": "encoders",
    "Encoder": "encoder",
    "EncoderSource": "encoders",
    "Head": "heads",
    "InputSizes": "settings",
    "Tagger": "tagger",
    "TaggerSettings": "settings",
    "build_tagger": "building",
    "encoder_folder": "encoders",
    "export_onnx": "export",
    "fetch_encoders": "encoders",
    "load_encoder": "encoder",
}

__all__ = [
    "ENCODERS",
    "Crf",
    "Encoder",
    "EncoderSource",
    "Head",
    "InputSizes",
    "Tagger",
    "TaggerSettings",
    "build_tagger",
    "encoder_folder",
    "export_onnx",
    "fetch_encoders",
    "load_encoder",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f"{__name__}.{_MODULES[name]}")
    except ModuleNotFoundError as error:
        if error.name in {"torch", "transformers", "jaxtyping"}:
            raise MissingExtraError(error.name, extra="train", needed_for=name) from error
        raise
    return getattr(module, name)
