"""Mentions found against mentions annotated, over many documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bioweave.document import Document
from bioweave.scoring.counts import Counts, Score
from bioweave.scoring.extents import Extent, extents_by_label
from bioweave.scoring.matching import count_alternatives, count_relaxed, count_strict

DocumentRule = Callable[[set[Extent], set[Extent], Document], Counts]


@dataclass(frozen=True, slots=True, eq=False)
class RuleScores:
    """What one matching rule counted.

    `counts` is int64 [documents, labels, 3]; the last axis is true positives, false positives,
    false negatives.
    """

    labels: tuple[str, ...]
    counts: npt.NDArray[np.int64]

    @property
    def overall(self) -> Score:
        """The micro average: all labels' mentions in one pot."""
        return _score(self.counts.sum(axis=(0, 1)))

    @property
    def by_label(self) -> dict[str, Score]:
        """Each label by itself."""
        totals = self.counts.sum(axis=0)
        return {label: _score(total) for label, total in zip(self.labels, totals, strict=True)}

    @property
    def by_document(self) -> npt.NDArray[np.int64]:
        """[documents, 3]: all labels together, for resampling."""
        totals: npt.NDArray[np.int64] = self.counts.sum(axis=1)
        return totals


@dataclass(frozen=True, slots=True, eq=False)
class MentionScores:
    """Mentions scored by each rule; `alternatives` only where the gold documents carry some."""

    strict: RuleScores
    relaxed: RuleScores
    alternatives: RuleScores | None


def score_mentions(
    gold: Sequence[Document], predicted: Sequence[Document], labels: Sequence[str]
) -> MentionScores:
    """Scores of `predicted` against `gold`, for these labels alone.

    The two go in pairs: same documents, same order; ValueError otherwise. Mentions of other
    labels are not looked at. Gold documents may carry accepted boundaries as
    `metadata["alternatives"]`, a list of `[start, end]`; they hold for every label scored.

    >>> from bioweave.document import Mention
    >>> gold = [Document("1", "Aspirin helps.", (Mention(0, 7, "Aspirin", "Chemical"),))]
    >>> score_mentions(gold, gold, ["Chemical"]).strict.overall
    Score(precision=1.0, recall=1.0, f1=1.0, support=1)
    """
    check_pairs(gold, predicted)
    extents = [
        (document, extents_by_label(document), extents_by_label(guess))
        for document, guess in zip(gold, predicted, strict=True)
    ]

    def by_rule(rule: DocumentRule) -> RuleScores:
        counts = np.zeros((len(extents), len(labels), 3), dtype=np.int64)
        for row, (document, annotated, found) in enumerate(extents):
            for column, label in enumerate(labels):
                counts[row, column] = rule(
                    annotated.get(label, set()), found.get(label, set()), document
                )
        return RuleScores(tuple(labels), counts)

    return MentionScores(
        strict=by_rule(lambda annotated, found, _: count_strict(annotated, found)),
        relaxed=by_rule(lambda annotated, found, _: count_relaxed(annotated, found)),
        alternatives=by_rule(
            lambda annotated, found, document: count_alternatives(
                annotated, found, _alternatives(document)
            )
        )
        if any("alternatives" in document.metadata for document in gold)
        else None,
    )


def strict_f1(
    gold: Sequence[Document], predicted: Sequence[Document], labels: Sequence[str]
) -> float:
    """The micro-averaged strict F1: what training stops early by."""
    check_pairs(gold, predicted)
    total = Counts(0, 0, 0)
    for document, guess in zip(gold, predicted, strict=True):
        annotated, found = extents_by_label(document), extents_by_label(guess)
        for label in labels:
            counts = count_strict(annotated.get(label, set()), found.get(label, set()))
            total = Counts(*(sum(pair) for pair in zip(total, counts, strict=True)))
    return total.score().f1


def check_pairs(gold: Sequence[Document], predicted: Sequence[Document]) -> None:
    """Raises ValueError unless the two hold the same texts in the same order."""
    if len(gold) != len(predicted):
        raise ValueError(f"{len(gold)} gold documents against {len(predicted)} predicted ones")
    for position, (document, guess) in enumerate(zip(gold, predicted, strict=True)):
        if document.id != guess.id:
            raise ValueError(
                f"document {position} is {document.id!r} in gold and {guess.id!r} in the "
                "prediction: give both in one order"
            )
        if document.text != guess.text:
            raise ValueError(f"the text of document {document.id!r} differs from gold's")


def _alternatives(document: Document) -> list[tuple[int, int]]:
    return [(int(start), int(end)) for start, end in document.metadata.get("alternatives", ())]


def _score(totals: npt.NDArray[np.int64]) -> Score:
    hits, wrong, missed = (int(total) for total in totals)
    return Counts(hits, wrong, missed).score()
