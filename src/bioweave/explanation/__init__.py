"""Why a span is a mention, or is not: weights of words, and evidence beside them."""

from bioweave.explanation.explaining import Explainer
from bioweave.explanation.record import (
    Alternative,
    DictionaryHit,
    Evidence,
    Explanation,
    LearnedName,
    WhatIf,
    WordWeight,
)
from bioweave.explanation.record_json import from_json, to_json

__all__ = [
    "Alternative",
    "DictionaryHit",
    "Evidence",
    "Explainer",
    "Explanation",
    "LearnedName",
    "WhatIf",
    "WordWeight",
    "from_json",
    "to_json",
]
