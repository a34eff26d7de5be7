"""What a difference between two recipes comes to, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

Verdict = Literal["better", "worse", "open"]

# Of a paired bootstrap over documents.
SURE = 0.05
RULE = (
    f"Sure is here what has p below {SURE} over documents and the same sign with every seed; the "
    "rest is left open: it may be nothing, or too little for so many documents and seeds."
)


def verdict(variant: Mapping[str, Any], whole: Mapping[str, Any]) -> Verdict:
    """Whether the variant is surely better or worse than the recipe; both are of one summary.

    Documents are asked by "p_value", and seeds by "f1": the difference has one sign with all.
    """
    differences = [ours - theirs for ours, theirs in zip(variant["f1"], whole["f1"], strict=True)]
    if variant["p_value"] >= SURE:
        return "open"
    if all(one > 0 for one in differences):
        return "better"
    return "worse" if all(one < 0 for one in differences) else "open"


def points(fraction: float) -> str:
    """A difference of fractions of 1, in points with its sign.

    >>> points(-0.0123), points(-1e-9)
    ('-1.23', '+0.00')
    """
    # Adding nothing takes the sign off a zero.
    return f"{round(100 * fraction, 2) + 0.0:+.2f}"


def p_shown(p_value: float) -> str:
    """As p is printed."""
    return f"{p_value:.3f}" if p_value >= 0.001 else "< 0.001"


def p_said(p_value: float) -> str:
    """As p is said in a sentence."""
    return f"p {p_shown(p_value)}" if p_value < 0.001 else f"p = {p_shown(p_value)}"


def listed(parts: Iterable[str]) -> str:
    """Some things as a sentence names them.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def count(n: int, what: str) -> str:
    """So many of something.

    >>> count(1, "seed"), count(1200, "document")
    ('1 seed', '1,200 documents')
    """
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"
