"""Documents that must not be parted: those of one abstract or article, and copies of a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bioweave.corpus.letters import letters_of
from bioweave.corpus.origin import origins_of
from bioweave.document import Document


def group_documents(documents: Sequence[Document]) -> list[int]:
    """Each document's group, numbered from 0 as they first appear.

    In one group are documents that share a PMID, a PMC or a MEDLINE number (the sentences of a
    bc2gm abstract, the extracts of an anatem article), and those whose letters and digits agree,
    case aside; and whatever a chain of such ties connects.

    >>> texts = {"PMID:1": "One.", "PMID:2": "Two.", "PMID:1#2": "Three.", "own": "two"}
    >>> group_documents([Document(id, text) for id, text in texts.items()])
    [0, 1, 0, 1]
    """
    parents = list(range(len(documents)))

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    first: dict[str, int] = {}
    for place, document in enumerate(documents):
        for tie in _ties(document):
            parents[root(place)] = root(first.setdefault(tie, place))
    numbers: dict[int, int] = {}
    return [numbers.setdefault(root(place), len(numbers)) for place in range(len(documents))]


def _ties(document: Document) -> Iterator[str]:
    """What the document is known by; texts without a letter or digit are no copies."""
    yield from origins_of(document)
    if letters := letters_of(document.text).text:
        yield f"text:{letters}"
