"""Concepts against gold: mentions that got the right ones, and those of whole documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bioweave.document import Document, Mention
from bioweave.errors import ConfigurationError
from bioweave.scoring.counts import Counts, Score

Canonical = Callable[[str], str]


class Accuracy(NamedTuple):
    """The share of mentions with the right concepts, of `support` mentions."""

    accuracy: float
    support: int


@dataclass(frozen=True, slots=True)
class LinkingAccuracy:
    """Over gold mentions: all of them, those without a gold concept included."""

    overall: Accuracy
    by_label: Mapping[str, Accuracy]


@dataclass(frozen=True, slots=True)
class ConceptScores:
    """Over the distinct concepts of each document and label, counted over all documents."""

    overall: Score
    by_label: Mapping[str, Score]


def concept_groups(mention: Mention) -> tuple[frozenset[str], ...]:
    """The concepts of a mention, each as the set of ids that say it.

    Corpora join ids that together say one thing by `+` (`metadata["concept_groups"]`): any of them
    will do. Every other concept of a mention, a composite's for example, is a group of its own.
    """
    groups = mention.metadata.get("concept_groups")
    if groups is None:
        return tuple(frozenset([concept.id]) for concept in mention.concepts)
    return tuple(frozenset(group) for group in groups if group)


def score_links(
    gold: Sequence[Document],
    linked: Sequence[Document],
    labels: Sequence[str],
    canonical: Canonical = str,
) -> LinkingAccuracy:
    """How many gold mentions were given their concepts.

    `linked` are the gold documents with other concepts. A mention is right if each of its gold
    concepts is among those given and nothing else is; one without gold concepts, if it was given
    none. `canonical` gives ids that say the same the same name. Raises ConfigurationError where
    the mentions are not the gold ones.
    """
    right = dict.fromkeys(labels, 0)
    support = dict.fromkeys(labels, 0)
    for document, other in zip(gold, linked, strict=True):
        if len(document.mentions) != len(other.mentions):
            raise ConfigurationError(f"document {document.id!r}: not the gold mentions")
        for mention, given in zip(document.mentions, other.mentions, strict=True):
            if (mention.start, mention.end, mention.label) != (given.start, given.end, given.label):
                raise ConfigurationError(f"document {document.id!r}: not the gold mentions")
            if mention.label in support:
                support[mention.label] += 1
                right[mention.label] += _is_right(mention, given, canonical)
    by_label = {label: _accuracy(right[label], support[label]) for label in labels}
    return LinkingAccuracy(_accuracy(sum(right.values()), sum(support.values())), by_label)


def score_document_concepts(
    gold: Sequence[Document],
    predicted: Sequence[Document],
    labels: Sequence[str],
    canonical: Canonical = str,
) -> ConceptScores:
    """Precision, recall and F1 of the concepts that documents mention, wherever they do.

    A concept counts once a document and label. A gold concept that several ids say is found by
    any of them, and finding it by two is one hit.
    """
    counts = {label: [0, 0, 0] for label in labels}
    for document, other in zip(gold, predicted, strict=True):
        for label in labels:
            wanted = _groups(document.mentions, label, canonical)
            given = {
                canonical(concept.id)
                for mention in other.mentions
                if mention.label == label
                for concept in mention.concepts
            }
            found = sum(1 for group in wanted if group & given)
            false = len(given.difference(*wanted))
            for place, n in enumerate((found, false, len(wanted) - found)):
                counts[label][place] += n
    total = Counts(*(sum(column) for column in zip(*counts.values(), strict=True)))
    return ConceptScores(total.score(), {label: Counts(*counts[label]).score() for label in labels})


def _groups(mentions: Iterable[Mention], label: str, canonical: Canonical) -> list[frozenset[str]]:
    found = {
        frozenset(map(canonical, group))
        for mention in mentions
        if mention.label == label
        for group in concept_groups(mention)
    }
    return sorted(found, key=sorted)


def _is_right(gold: Mention, given: Mention, canonical: Canonical) -> bool:
    groups = [frozenset(map(canonical, group)) for group in concept_groups(gold)]
    ids = {canonical(concept.id) for concept in given.concepts}
    return all(group & ids for group in groups) and ids <= frozenset().union(*groups)


def _accuracy(right: int, support: int) -> Accuracy:
    return Accuracy(right / support if support else 0.0, support)
