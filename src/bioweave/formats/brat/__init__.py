"""brat standoff: a text file and, beside it, a file of annotations."""

from bioweave.formats.brat.annotations import (
    BratAnnotation,
    BratAttribute,
    BratEquivalence,
    BratEvent,
    BratMention,
    BratNormalisation,
    BratNote,
    BratRelation,
    parse_annotations,
)

__all__ = [
    "BratAnnotation",
    "BratAttribute",
    "BratEquivalence",
    "BratEvent",
    "BratMention",
    "BratNormalisation",
    "BratNote",
    "BratRelation",
    "parse_annotations",
]
