"""Bracketed asides: stretches of text in which no sentence ends."""

from __future__ import annotations

import re
from bisect import bisect_right

# Brackets further apart than this are taken not to belong together.
LONGEST_ASIDE = 1000

_PARTNERS = {")": "(", "]": "[", "}": "{"}
_BRACKET = re.compile(r"[()\[\]{}]")


class Asides:
    """The outermost pairs of brackets that match and are not too far apart.

    A bracket without a partner is no aside, so it cannot hold back the ends that follow it.

    >>> text = "a (see B. C) and (d"
    >>> text.index("C") in Asides(text), text.index("d") in Asides(text)
    (True, False)
    """

    def __init__(self, paragraph: str) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        pending: list[tuple[str, int]] = []
        n_pending = dict.fromkeys(_PARTNERS.values(), 0)
        for match in _BRACKET.finditer(paragraph):
            bracket, position = match[0], match.start()
            if bracket in n_pending:
                pending.append((bracket, position))
                n_pending[bracket] += 1
                continue
            partner = _PARTNERS[bracket]
            if n_pending[partner] == 0:
                continue
            opener = ""
            while opener != partner:  # brackets opened in between have no partner
                opener, opened = pending.pop()
                n_pending[opener] -= 1
            if position - opened <= LONGEST_ASIDE:
                self._add(opened, position)

    def __contains__(self, offset: int) -> bool:
        """Whether the offset lies between a bracket and its partner."""
        at = bisect_right(self._starts, offset) - 1
        return at >= 0 and offset <= self._ends[at]

    def _add(self, start: int, end: int) -> None:
        # Asides close from the inside out: the new one swallows those it holds.
        while self._starts and self._starts[-1] > start:
            self._starts.pop()
            self._ends.pop()
        self._starts.append(start)
        self._ends.append(end)
