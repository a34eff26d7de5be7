"""Mentions that name several concepts at once: "breast and ovarian cancer"."""

from __future__ import annotations

import re

_BRACKETED = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_JOINT = re.compile(
    r"\s*,\s*(?:(?:and/or|and|or|as well as)\s+)?|\s+(?:and/or|and|or|as well as|&)\s+|\s*/\s*"
)
_SUSPENDED = re.compile(r"[-\u2010-\u2012]$")
_MOST_PARTS = 6
_LONGEST_SHARED = 3  # words


def readings(text: str) -> list[tuple[str, ...]]:
    """The ways to read a mention as a list of names; empty where nothing joins any.

    Parts of such a list share words: the last ones ("breast and ovarian cancer"), the first ones
    ("type 1 and 2" after "deficiency of"), or none ("anxiety and depression"). Which reading is
    meant only a terminology can tell. What stands in brackets is left out.

    >>> for reading in readings("breast and ovarian cancer"):
    ...     print(reading)
    ('breast cancer', 'ovarian cancer')
    ('breast', 'breast ovarian cancer')
    ('breast', 'ovarian cancer')
    >>> readings("gout")
    []
    """
    bare = _BRACKETED.sub("", text).strip()
    parts = [part.strip() for part in _JOINT.split(bare)]
    if not 2 <= len(parts) <= _MOST_PARTS or not all(parts):
        return []
    first, last = parts[0].split(), parts[-1].split()
    found = []
    for n in range(1, min(_LONGEST_SHARED, len(last) - 1) + 1):
        shared = " ".join(last[-n:])
        found.append((*(_joined(part, shared) for part in parts[:-1]), parts[-1]))
    for n in range(1, min(_LONGEST_SHARED, len(first)) + 1):
        shared = " ".join(first[:n])
        found.append((parts[0], *(f"{shared} {part}" for part in parts[1:])))
    found.append(tuple(parts))
    return list(dict.fromkeys(found))


def _joined(part: str, shared: str) -> str:
    """What hyphens suspend is written together: "adeno-" and "squamous carcinoma"."""
    if _SUSPENDED.search(part):
        return f"{_SUSPENDED.sub('', part)}{shared}"
    return f"{part} {shared}"
