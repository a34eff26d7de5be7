"""Sentences, words and pieces: every unit of a text knows its character offsets."""

from bioweave.text.alignment import AlignmentReport, measure_alignment
from bioweave.text.pieces import align_pieces
from bioweave.text.sentences import segment
from bioweave.text.snapping import word_spans
from bioweave.text.words import split_words

__all__ = [
    "AlignmentReport",
    "align_pieces",
    "measure_alignment",
    "segment",
    "split_words",
    "word_spans",
]
