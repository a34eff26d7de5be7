"""A person's corrections of what a model found in a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bioweave.document import Document, Mention
from bioweave.errors import FormatError
from bioweave.scoring.counts import Counts

# Start, end, label, ids of concepts: what may be kept of a mention.
KeptMention: TypeAlias = tuple[int, int, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Correction:
    """What a model of this fingerprint found in a document in a mode, and what is right.

    `counts` are right, wrong and missed mentions by label, strictly matched.
    """

    model: str
    fingerprint: str
    mode: str
    document: Document
    found: tuple[KeptMention, ...]
    correct: tuple[KeptMention, ...]
    counts: dict[str, Counts]
    comment: str | None = None


def corrected(
    document: Document,
    *,
    found: Sequence[Mention],
    correct: Sequence[Mention],
    labels: Sequence[str],
    model: str,
    fingerprint: str,
    mode: str = "balanced",
    comment: str | None = None,
) -> Correction:
    """The correction, once everything was held against the text and the model's labels.

    A mention that is there twice counts once. Raises OffsetError for a mention outside the text or
    over other letters than it says, and FormatError for a label that the model does not find: it
    can neither have found it nor be blamed for missing it.
    """
    for mentions in (found, correct):
        document.with_mentions(mentions).checked()
        for mention in mentions:
            if mention.label not in labels:
                raise FormatError(
                    f"a mention's label at {mention.start}:{mention.end} is none of those that "
                    f"{model} finds, which are {', '.join(labels)}; leave such mentions out"
                )
    return Correction(
        model,
        fingerprint,
        mode,
        document,
        tuple(_kept(found)),
        tuple(_kept(correct)),
        {label: _counts(found, correct, label) for label in labels},
        comment,
    )


def _kept(mentions: Sequence[Mention]) -> list[KeptMention]:
    return sorted(
        {
            (one.start, one.end, one.label, tuple(concept.id for concept in one.concepts))
            for one in mentions
        }
    )


def _counts(found: Sequence[Mention], correct: Sequence[Mention], label: str) -> Counts:
    ours, right = (
        {(one.start, one.end) for one in mentions if one.label == label}
        for mentions in (found, correct)
    )
    n_right = len(ours & right)
    return Counts(n_right, len(ours) - n_right, len(right) - n_right)
