"""What training hands to annotation: graph, tokenizer, CRF weights and manifest, in a folder."""

from bioweave.bundle.bundle import Bundle
from bioweave.bundle.chains import Chain, Chains
from bioweave.bundle.decoding import Decoded, ScoredSpan, decode
from bioweave.bundle.fused import FusedBundle, open_bundle, write_fused_bundle
from bioweave.bundle.graph import Graph, OnnxGraph
from bioweave.bundle.location import find_bundle, promoted_path
from bioweave.bundle.manifest import (
    FusionManifest,
    FusionMethod,
    HeadManifest,
    LexiconThresholds,
    LexiconThresholdTable,
    Manifest,
    ModeName,
    ShortFormRules,
    ThresholdTable,
    read_manifest,
)
from bioweave.bundle.own_names import OwnNames
from bioweave.bundle.writing import update_manifest, write_bundle

__all__ = [
    "Bundle",
    "Chain",
    "Chains",
    "Decoded",
    "FusedBundle",
    "FusionManifest",
    "FusionMethod",
    "Graph",
    "HeadManifest",
    "LexiconThresholdTable",
    "LexiconThresholds",
    "Manifest",
    "ModeName",
    "OnnxGraph",
    "OwnNames",
    "ScoredSpan",
    "ShortFormRules",
    "ThresholdTable",
    "decode",
    "find_bundle",
    "open_bundle",
    "promoted_path",
    "read_manifest",
    "update_manifest",
    "write_bundle",
    "write_fused_bundle",
]
