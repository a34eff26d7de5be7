"""Relations found against relations annotated, as the tasks count them.

Over a document's set of (label, first end, second end): CDR's over concepts (Wei et al., 2016),
ChemProt's and DrugProt's over mentions (Krallinger et al., 2017; Miranda et al., 2021). Which of
the two it is, a relation's own arguments say. What stands in a set twice counts once, and order
matters: a relation from B to A is not one from A to B. What the ends' roles are called does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from bioweave.document import Argument, Document, Relation, is_binary
from bioweave.scoring.counts import Counts
from bioweave.scoring.mentions import RuleScores, check_pairs

MentionsBy: TypeAlias = Literal["id", "extent"]
Canonical = Callable[[str], str]

# A label and its two ends.
Triple: TypeAlias = tuple[str, tuple[object, ...], tuple[object, ...]]


def score_relations(
    gold: Sequence[Document],
    predicted: Sequence[Document],
    labels: Sequence[str],
    *,
    mentions_by: MentionsBy = "extent",
    canonical: Canonical = str,
) -> RuleScores:
    """Scores of `predicted` against `gold`, for these labels alone.

    The two go in pairs: same documents, same order; ValueError otherwise. A mention is known by its
    extent and label, or by its "id", as the tasks' own scripts do: that fits predictions on gold
    mentions. `canonical` gives ids of concepts that say the same the same name. An end that is
    nowhere in the document equals nothing but itself. Events are not looked at.

    >>> pair = Argument("Arg1", "D1", "concept"), Argument("Arg2", "C1", "concept")
    >>> gold = [Document("1", "Text.", relations=(Relation("CID", pair),))]
    >>> score_relations(gold, gold, ["CID"]).overall
    Score(precision=1.0, recall=1.0, f1=1.0, support=1)
    """
    check_pairs(gold, predicted)
    counts = np.zeros((len(gold), len(labels), 3), dtype=np.int64)
    for row, (document, guess) in enumerate(zip(gold, predicted, strict=True)):
        annotated = relation_triples(document, mentions_by=mentions_by, canonical=canonical)
        found = relation_triples(guess, mentions_by=mentions_by, canonical=canonical)
        for column, label in enumerate(labels):
            counts[row, column] = _count(annotated, found, label)
    return RuleScores(tuple(labels), counts)


def judged_relations(
    gold: Sequence[Document],
    predicted: Sequence[Document],
    labels: Sequence[str],
    *,
    mentions_by: MentionsBy = "extent",
    canonical: Canonical = str,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """The confidence of each predicted relation that has one, and whether it is right."""
    check_pairs(gold, predicted)
    confidences: list[float] = []
    is_right: list[bool] = []
    for document, guess in zip(gold, predicted, strict=True):
        annotated = relation_triples(document, mentions_by=mentions_by, canonical=canonical)
        found = relation_triples(guess, mentions_by=mentions_by, canonical=canonical)
        for triple, relation in found.items():
            if relation.label in labels and relation.confidence is not None:
                confidences.append(relation.confidence)
                is_right.append(triple in annotated)
    return np.array(confidences, dtype=np.float64), np.array(is_right, dtype=np.bool_)


def relation_triples(
    document: Document, *, mentions_by: MentionsBy = "extent", canonical: Canonical = str
) -> dict[Triple, Relation]:
    """What is compared of a document's relations, and the first relation that says each."""
    mentions: Mapping[str | None, Any] = {
        mention.id: ("extent", mention.start, mention.end, mention.fragments, mention.label)
        for mention in document.mentions
    }

    def end(argument: Argument) -> tuple[object, ...]:
        if argument.kind == "concept":
            return "concept", canonical(argument.target)
        if mentions_by == "extent" and argument.target in mentions:
            return tuple(mentions[argument.target])
        return "id", argument.target

    triples: dict[Triple, Relation] = {}
    for relation in document.relations:
        if is_binary(relation):
            first, second = map(end, relation.arguments)
            triples.setdefault((relation.label, first, second), relation)
    return triples


def _count(
    annotated: Mapping[Triple, Relation], found: Mapping[Triple, Relation], label: str
) -> Counts:
    gold = {triple for triple in annotated if triple[0] == label}
    guessed = {triple for triple in found if triple[0] == label}
    n_hits = len(gold & guessed)
    return Counts(n_hits, len(guessed) - n_hits, len(gold) - n_hits)
