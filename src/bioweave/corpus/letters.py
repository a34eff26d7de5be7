"""A text reduced to its letters and digits: what stays the same in every copy of it."""

from __future__ import annotations

import re
from typing import NamedTuple

N_LETTERS = 30
"""How many letters and digits a text must have to be sought inside others: shorter
ones ("Materials and methods") stand in texts that have nothing else in common."""

_WORD = re.compile(r"[^\W_]+")


class Letters(NamedTuple):
    """A text's letters and digits, case aside, and where in them its words start."""

    text: str
    starts: tuple[int, ...]


def letters_of(text: str) -> Letters:
    """The letters of a text.

    >>> letters_of("IL-2 (rat)")
    Letters(text='il2rat', starts=(0, 2, 3))
    """
    words = _WORD.findall(text.casefold())
    starts, end = [], 0
    for word in words:
        starts.append(end)
        end += len(word)
    return Letters("".join(words), tuple(starts))
