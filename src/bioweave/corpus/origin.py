"""Where a document's text was first printed, as a name that corpora agree on."""

from __future__ import annotations

import re

from bioweave.document import Document

_KEYS = ("pmid", "pmcid", "medline")
_ID = re.compile(r"(PMID|PMC|MEDLINE):?(\d+)")
_KEY_OF_PREFIX = {"PMID": "pmid", "PMC": "pmcid", "MEDLINE": "medline"}


def origin_of(document: Document) -> str | None:
    """The abstract or article, such as `pmid:123`, from the metadata or else the id; or None.

    MEDLINE numbers are not PMIDs: an abstract known by the one is not found by the other.

    >>> origin_of(Document("PMID:123#2", "text"))
    'pmid:123'
    """
    return next(iter(origins_of(document)), None)


def origins_of(document: Document) -> list[str]:
    """All names of the abstract or article: it may have both a PMID and a PMC number.

    >>> origins_of(Document("a", "text", metadata={"pmid": "123", "pmcid": "45"}))
    ['pmid:123', 'pmcid:45']
    """
    found = [f"{key}:{document.metadata[key]}" for key in _KEYS if key in document.metadata]
    match = _ID.match(document.id) if not found else None
    return [f"{_KEY_OF_PREFIX[match[1]]}:{match[2]}"] if match else found
