"""A dev set from a train set, for corpora that come without one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from bioweave.corpus.origin import origin_of
from bioweave.document import Document


def carve(
    documents: Sequence[Document], share: float = 0.1, seed: int = 0
) -> tuple[list[Document], list[Document]]:
    """Train and dev, each in the given order; dev has about `share` of the documents.

    Who goes where follows from the seed and a hash of each document's origin alone, never from
    the order or the platform. Origin is the abstract (by PMID or MEDLINE number), where one is
    known: its sentences stay together, and so do two copies of it.

    >>> documents = [Document(f"PMID:{number}", "text") for number in range(10)]
    >>> train, dev = carve(documents, share=0.2)
    >>> len(train), len(dev)
    (8, 2)
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, not {share}")
    origins = [origin_of(document) or document.id for document in documents]
    counts: dict[str, int] = {}
    for origin in origins:
        counts[origin] = counts.get(origin, 0) + 1
    wanted, taken = round(share * len(documents)), 0
    dev: set[str] = set()
    for origin in sorted(counts, key=lambda origin: _rank(origin, seed)):
        if taken >= wanted:
            break
        dev.add(origin)
        taken += counts[origin]
    return (
        [d for d, origin in zip(documents, origins, strict=True) if origin not in dev],
        [d for d, origin in zip(documents, origins, strict=True) if origin in dev],
    )


def _rank(origin: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\0{origin}".encode()).digest()
