"""A portion of a corpus that is like the whole: for learning curves, and to adapt to little."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from bioweave.document import Document
from bioweave.errors import ConfigurationError

# How many documents, in the seed's order, stand by to be the next: with more of them a small
# portion has its mentions in better proportion, and fewer unusual documents.
_WAITING = 8


def take_portion(documents: Sequence[Document], n: int, seed: int = 0) -> list[Document]:
    """`n` of the documents, in their order, with mentions of each label in proportion.

    Portions of one seed are nested: a smaller one lies within each larger one. The choice follows
    from the seed, ids and texts, never from the order. Raises ConfigurationError where `n` is
    below 1 or more than there are.

    >>> documents = [Document(f"PMID:{number}", "text") for number in range(40)]
    >>> small, large = take_portion(documents, 2), take_portion(documents, 10)
    >>> len(small), all(document in large for document in small)
    (2, True)
    """
    if not 1 <= n <= len(documents):
        raise ConfigurationError(
            f"a portion has between 1 and all of {len(documents):,} documents, not {n:,}"
        )
    counts = [Counter(mention.label for mention in document.mentions) for document in documents]
    totals: Counter[str] = sum(counts, Counter())
    means = {label: totals[label] / len(documents) for label in sorted(totals)}
    coming = iter(sorted(range(len(documents)), key=lambda place: _rank(documents[place], seed)))
    waiting = list(islice(coming, _WAITING))
    have: Counter[str] = Counter()
    chosen: list[int] = []
    while len(chosen) < n:
        wanted = {label: mean * (len(chosen) + 1) for label, mean in means.items()}
        best = min(waiting, key=lambda place: _distance(have, counts[place], wanted, means))
        waiting.remove(best)
        waiting += islice(coming, 1)
        have += counts[best]
        chosen.append(best)
    return [documents[place] for place in sorted(chosen)]


def _distance(
    have: Counter[str], more: Counter[str], wanted: dict[str, float], means: dict[str, float]
) -> float:
    """How far the mentions would be from what is wanted, in documents; squared, over labels."""
    return sum(((have[label] + more[label] - wanted[label]) / means[label]) ** 2 for label in means)


def _rank(document: Document, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\0{document.id}\0{document.text}".encode()).digest()
