"""What is counted of an annotated document to see whether documents change: numbers, no text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from tokenizers import Tokenizer

from bioweave.annotator.inference import Annotation
from bioweave.bundle import Bundle, FusedBundle
from bioweave.document import Document

# By signal, the places of the bins that a document's items fall into.
Places: TypeAlias = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that is watched: `of` says whether its items are mentions or whole documents."""

    name: str
    title: str
    of: str
    bins: tuple[str, ...]


# So that abstracts and titles of PubMed fill most bins; the others are for text that is neither.
_CONFIDENCE = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
_WORDS = (30, 60, 120, 200, 300, 400, 700)
_DENSITY = (0.001, 20, 40, 60, 80, 120)
_PIECES = (1.08, 1.14, 1.2, 1.26, 1.34, 1.45, 1.7)
_UNKNOWN = (1e-9, 0.01, 0.05)


def _bins(edges: Sequence[float], form: str = "g") -> tuple[str, ...]:
    """Names of the bins between edges.

    >>> _bins((0.5, 0.6))
    ('< 0.5', '0.5 to 0.6', '0.6 and more')
    """
    told = [format(edge, form) for edge in edges]
    between = [f"{low} to {high}" for low, high in pairwise(told)]
    return (f"< {told[0]}", *between, f"{told[-1]} and more")


_OF_DOCUMENTS = (
    Signal("length", "Words in a document", "documents", _bins(_WORDS)),
    Signal(
        "density",
        "Mentions in 1,000 words",
        "documents",
        ("none", "< 20", *_bins(_DENSITY)[2:]),
    ),
    Signal("pieces", "Pieces a word is cut into", "documents", _bins(_PIECES)),
    Signal(
        "unknown",
        "Pieces that the vocabulary lacks",
        "documents",
        ("none", "< 1%", "1 to 5%", "5% and more"),
    ),
)


def signals_of(labels: Sequence[str]) -> tuple[Signal, ...]:
    """What is watched of a model that finds these labels."""
    return (
        Signal("labels", "Label mix", "mentions", tuple(labels)),
        Signal("confidence", "Confidence of mentions", "mentions", _bins(_CONFIDENCE)),
        *_OF_DOCUMENTS,
    )


class Observer:
    """Puts what a model found in a document into bins.

    It takes some tens of microseconds: it runs in the threads that annotate.
    """

    def __init__(self, bundle: Bundle | FusedBundle) -> None:
        labels = bundle.manifest.labels
        self.signals = signals_of(labels)
        self._place_of = {label: place for place, label in enumerate(labels)}
        # Members of a fused bundle are told of by the first, whose pieces an annotation holds.
        tokenizer = bundle.tokenizer if isinstance(bundle, Bundle) else bundle.members[0].tokenizer
        self._unknown = _unknown_piece(tokenizer)
        self._n_special = tokenizer.num_special_tokens_to_add(False)

    def __call__(self, document: Document, annotation: Annotation) -> Places:
        """The bins of the mentions, of the document, and of its pieces."""
        mentions = document.mentions
        n_words = len(annotation.prepared.words)
        found: dict[str, Sequence[int]] = {
            "labels": [self._place_of[one.label] for one in mentions],
            "confidence": [
                bisect_right(_CONFIDENCE, one.confidence)
                for one in mentions
                if one.confidence is not None
            ],
        }
        if not n_words:
            # Blank: there is nothing to find, and nothing to wonder about.
            return found
        windows = annotation.prepared.windows
        ids = np.concatenate([window.piece_ids for window in windows])
        n_pieces = max(1, len(ids) - self._n_special * len(windows))
        n_unknown = 0 if self._unknown is None else int(np.count_nonzero(ids == self._unknown))
        return {
            **found,
            "length": [bisect_right(_WORDS, n_words)],
            "density": [bisect_right(_DENSITY, 1000 * len(mentions) / n_words)],
            "pieces": [bisect_right(_PIECES, n_pieces / n_words)],
            "unknown": [bisect_right(_UNKNOWN, n_unknown / n_pieces)],
        }


def _unknown_piece(tokenizer: Tokenizer) -> int | None:
    """The id of the piece for what the vocabulary lacks; None where it lacks nothing."""
    name = getattr(tokenizer.model, "unk_token", None)
    return None if name is None else tokenizer.token_to_id(name)
