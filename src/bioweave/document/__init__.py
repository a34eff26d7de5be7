"""Immutable documents with exact offsets, and tag schemes that spell mentions out in words."""

from bioweave.document.document import (
    Argument,
    Document,
    Passage,
    Relation,
    Sentence,
    Word,
    is_binary,
    offset_problem,
)
from bioweave.document.mention import Concept, Mention, Span
from bioweave.document.tags import TagScheme, TagSet, WordSpan

__all__ = [
    "Argument",
    "Concept",
    "Document",
    "Mention",
    "Passage",
    "Relation",
    "Sentence",
    "Span",
    "TagScheme",
    "TagSet",
    "Word",
    "WordSpan",
    "is_binary",
    "offset_problem",
]
