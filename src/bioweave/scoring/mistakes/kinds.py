"""The kinds of mistakes, in the order in which they are tried."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class MistakeKind(StrEnum):
    """Why a mistake may have come about; of the kinds that fit, the first one here is its kind.

    First what says least about the model (the annotation itself, structures that tags of words
    cannot spell), then what was confused with what, then what makes a mention hard.
    """

    DOUBTFUL = "doubtful"
    NESTED = "nested"
    COMPOSITE = "composite"
    LABEL = "label"
    BOUNDARY = "boundary"
    ABBREVIATION = "abbreviation"
    LONG = "long"
    UNSEEN = "unseen"
    SEEN = "seen"
    OTHER = "other"

    @property
    def meaning(self) -> str:
        """What the kind is, in a sentence for people."""
        return _MEANINGS[self]


_MEANINGS = MappingProxyType(
    {
        MistakeKind.DOUBTFUL: "where the same words stand elsewhere, the annotators did what the "
        "model did here, or the corpus itself accepts its boundaries",
        MistakeKind.NESTED: "one mention inside another",
        MistakeKind.COMPOSITE: "several things named in one stretch (breast and ovarian cancer)",
        MistakeKind.LABEL: "the place was found and called something else",
        MistakeKind.BOUNDARY: "the right label, and an edge in the wrong place",
        MistakeKind.ABBREVIATION: "a short form",
        MistakeKind.LONG: "many words",
        MistakeKind.UNSEEN: "a text that is no mention of this label in the train split",
        MistakeKind.SEEN: "a text that is a mention of this label in the train split",
        MistakeKind.OTHER: "none of these, and there is no train split to compare with",
    }
)

# What tags beside the kinds say.
DETAILS = MappingProxyType(
    {
        "left": "only the start is wrong",
        "right": "only the end is wrong",
        "both": "start and end are wrong, or the parts between",
        "too short": "the prediction lies within the gold mention",
        "too long": "the prediction holds the gold mention",
        "shifted": "each has what the other lacks",
        "left over": "overlaps a mention of its label that is dealt with by another mistake",
        "defined here": "the document spells the short form out",
        "as in the document": "the same words, elsewhere in the document",
        "as in training": "the same words, in the train split, nearly always",
        "accepted": "one of the boundaries that the corpus accepts",
    }
)
