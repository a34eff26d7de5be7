"""Folds of documents for cross-validation: whole groups, balanced, the same for a seed always."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bioweave.corpus.grouping import group_documents
from bioweave.document import Document
from bioweave.errors import ConfigurationError

# Groups of about one size are dealt out together, in an order that the seed decides. The more
# rounds of them, the more two seeds differ, and the less alike are the sizes.
_ROUNDS_TOGETHER = 4


@dataclass(frozen=True, slots=True)
class _Group:
    """Documents that stay together; `key` orders groups by the seed, whatever order they had."""

    documents: tuple[int, ...]
    key: bytes
    shares: tuple[float, ...]  # of all documents, then of all mentions, label by label

    @property
    def size(self) -> float:
        return sum(self.shares)


def fold_numbers(documents: Sequence[Document], k: int, seed: int = 0) -> list[int]:
    """The fold of each document, from 1 to `k`.

    Documents that share an abstract, an article or a text (`group_documents`) are in one fold.
    Folds differ by no more documents than the largest group has; where no documents are grouped
    and there is one label, also by no more mentions than the richest document has. Several labels
    are balanced together: each group goes where the sum over labels of squared shares grows
    least. Who goes where follows from the seed, ids and texts, never from the order.

    Raises ConfigurationError for fewer than 2 folds, or for more folds than groups.

    >>> documents = [Document(f"PMID:{number}", f"text {number}") for number in range(6)]
    >>> sorted(fold_numbers(documents, 3))
    [1, 1, 2, 2, 3, 3]
    """
    if k < 2:
        raise ConfigurationError(f"cross-validation needs at least 2 folds, not {k}")
    groups = _groups(documents, seed)
    if k > len(groups):
        raise ConfigurationError(
            f"{k} folds need as many groups of documents, and there are {len(groups)} "
            f"(in {len(documents)} documents: those of one abstract, article or text stay "
            "together); choose fewer folds"
        )
    largest = max(len(group.documents) for group in groups)
    loads = [[0.0] * len(groups[0].shares) for _ in range(k)]
    n_documents = [0] * k
    numbers = [0] * len(documents)
    for group in _dealing_order(groups, k):
        ceiling = min(n_documents) + largest
        fold = min(
            (fold for fold in range(k) if n_documents[fold] + len(group.documents) <= ceiling),
            key=lambda fold: (_growth(loads[fold], group), n_documents[fold], _tie(group, fold)),
        )
        n_documents[fold] += len(group.documents)
        loads[fold] = [sum(pair) for pair in zip(loads[fold], group.shares, strict=True)]
        for place in group.documents:
            numbers[place] = fold + 1
    return numbers


def split_fold(
    documents: Sequence[Document], k: int, number: int, seed: int = 0
) -> tuple[list[Document], list[Document]]:
    """What is learned from when fold `number` (from 1 to `k`) is held out, and that fold.

    Both are in the given order. Raises ConfigurationError as `fold_numbers` does, and for a
    number outside 1 to `k`.
    """
    if not 1 <= number <= k:
        raise ConfigurationError(f"folds are numbered from 1 to {k}: there is no fold {number}")
    numbers = fold_numbers(documents, k, seed)
    pairs = list(zip(documents, numbers, strict=True))
    return [d for d, fold in pairs if fold != number], [d for d, fold in pairs if fold == number]


def _groups(documents: Sequence[Document], seed: int) -> list[_Group]:
    members: dict[int, list[int]] = {}
    for place, number in enumerate(group_documents(documents)):
        members.setdefault(number, []).append(place)
    totals = Counter(mention.label for document in documents for mention in document.mentions)
    labels = sorted(totals)
    made = []
    for places in members.values():
        counts = Counter(mention.label for i in places for mention in documents[i].mentions)
        shares = (
            len(places) / len(documents),
            *(counts[label] / totals[label] for label in labels),
        )
        key = min(_rank(documents[i], seed) for i in places)
        made.append(_Group(tuple(places), key, shares))
    return made


def _dealing_order(groups: Sequence[_Group], k: int) -> list[_Group]:
    """Large groups first; among those of about one size the seed decides who meets in a round.

    A round has a group for each fold. Within it the largest comes first: the fold that has least
    so far is given most, and no round makes two folds differ by more than it has.
    """
    by_size = sorted(groups, key=lambda group: (-group.size, group.key))
    ordered: list[_Group] = []
    for start in range(0, len(by_size), _ROUNDS_TOGETHER * k):
        alike = sorted(by_size[start : start + _ROUNDS_TOGETHER * k], key=lambda group: group.key)
        for first in range(0, len(alike), k):
            ordered += sorted(alike[first : first + k], key=lambda group: (-group.size, group.key))
    return ordered


def _growth(load: Sequence[float], group: _Group) -> float:
    """How much the sum of squared shares grows, but for what is the same in every fold."""
    return sum(have * more for have, more in zip(load, group.shares, strict=True))


def _tie(group: _Group, fold: int) -> bytes:
    return hashlib.sha256(group.key + bytes([fold % 256])).digest()


def _rank(document: Document, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\0{document.id}\0{document.text}".encode()).digest()
