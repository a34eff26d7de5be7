"""What values a property has among a lexicon's concepts."""

from __future__ import annotations

import json

import numpy as np

from bioweave.lexicon.lexicon import Lexicon
from bioweave.lexicon.strings import StringTable


def property_values(lexicon: Lexicon, name: str, label: str) -> frozenset[str]:
    """Every value that concepts of the label give the property; empty where none has it.

    Reads each distinct set of properties once, and no concept.
    """
    if label not in lexicon.labels:
        return frozenset()
    has_label = lexicon.concept_labels == lexicon.labels.index(label)
    numbers = np.unique(lexicon.sections.array("concept.properties")[has_label])
    sets = StringTable.read(lexicon.sections, "properties")
    found = (json.loads(sets[number]).get(name) for number in numbers.tolist())
    return frozenset(value for value in found if value)
