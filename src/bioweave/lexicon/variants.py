"""Other forms under which a name is written, made from the name alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMMA = ", "
_MOST_PARTS = 4
# An inverted name begins with its noun; these begin what merely follows it.
_FOLLOWING = (
    "and",
    "associated",
    "due",
    "except",
    "in",
    "not",
    "of",
    "or",
    "other",
    "with",
    "without",
)
_NUMBERED = re.compile(r"(.+) (\d+[A-Za-z]?|[IVX]+)")
_NUMBER = re.compile(r"\d+[A-Za-z]?|[IVX]+")
_BRACKETS = re.compile(r"[()\[\]]")
# What terminologies add to tell their own entries apart, and nobody writes.
_QUALIFIER = re.compile(
    r"(?: \((?:disorder|disease|finding|morphologic abnormality|substance|product|organism|"
    r"body structure|qualifier value|NOS)\)|, (?:NOS|unspecified))$",
    re.IGNORECASE,
)


def variants(name: str) -> Iterator[str]:
    """The name without its terminology's qualifier, and its words in their natural order.

    >>> list(variants("Carcinoma, Renal Cell")), list(variants("Deafness, Autosomal Recessive 3"))
    (['Renal Cell Carcinoma'], ['Autosomal Recessive Deafness 3'])
    >>> list(variants("Asthma (disorder)"))
    ['Asthma']
    """
    shorter = _QUALIFIER.sub("", name)
    if shorter != name:
        yield shorter
    natural = _in_natural_order(shorter)
    if natural is not None:
        yield natural


def _in_natural_order(name: str) -> str | None:
    parts = name.split(_COMMA)
    if not 1 < len(parts) <= _MOST_PARTS or _BRACKETS.search(name) or not all(parts):
        return None
    if any(part.split()[:1] and part.split()[0].lower() in _FOLLOWING for part in parts[1:]):
        return None
    number = ""
    if len(parts) > 2 and _NUMBER.fullmatch(parts[-1]):
        number = f" {parts.pop()}"
    elif (numbered := _NUMBERED.fullmatch(parts[-1])) and not numbered[1].lower().endswith("type"):
        parts[-1], number = numbered[1], f" {numbered[2]}"
    return " ".join(reversed(parts)) + number
