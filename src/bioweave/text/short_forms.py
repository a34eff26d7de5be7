"""Short forms: what looks like one, and what a document spells out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bioweave.document import Span

LONGEST = 10  # characters
_LEAST_SHARE_OF_CAPITALS = 0.6
_IN_BRACKETS = re.compile(r"[(\[]\s*([^\s()\[\],;:]{2,10})\s*[)\],;]")
_FARTHEST = 200  # characters that a long form may take
_WORD = re.compile(r"\S+")


def looks_short(text: str) -> bool:
    """Whether a text is written like an abbreviation or a symbol: one word, mostly capitals.

    >>> [looks_short(text) for text in ("PWS", "CKDs", "IL-2", "Paris", "p53")]
    [True, True, True, False, False]
    """
    text = text.removesuffix("s")
    if not 2 <= len(text) <= LONGEST or any(character.isspace() for character in text):
        return False
    letters = [character for character in text if character.isalpha()]
    n_capitals = sum(character.isupper() for character in letters)
    return n_capitals >= 2 and n_capitals >= _LEAST_SHARE_OF_CAPITALS * len(letters)


@dataclass(frozen=True, slots=True)
class ShortForm:
    """A short form where a text defines it, and the long form that it stands for there."""

    short: Span
    long: Span


def find_short_forms(text: str) -> list[ShortForm]:
    """Each short form that the text gives in brackets behind its long form, in order.

    The short form's letters and digits are looked for from right to left, and its first one must
    begin a word (Schwartz and Hearst, 2003), in at most twice as many words as it has characters.
    """
    found = []
    for match in _IN_BRACKETS.finditer(text):
        short = match[1]
        if not (any(c.isalpha() for c in short) and short[0].isalnum()):
            continue
        earliest = max(0, match.start() - _FARTHEST)
        before = text[earliest : match.start()].rstrip()
        start = _start_of_long_form(short, before)
        if start is not None:
            long = Span(earliest + start, earliest + len(before))
            found.append(ShortForm(Span(match.start(1), match.end(1)), long))
    return found


def defined_short_forms(text: str) -> dict[str, str]:
    """Each short form that the text defines, with the long form of its first definition.

    >>> defined_short_forms("Acute velmar syndrome (AVS) and gout (see above).")
    {'AVS': 'Acute velmar syndrome'}
    """
    found: dict[str, str] = {}
    for one in find_short_forms(text):
        found.setdefault(text[slice(*one.short)], text[slice(*one.long)])
    return found


def _start_of_long_form(short: str, before: str) -> int | None:
    n_words = min(len(short) + 5, 2 * len(short))
    starts = [word.start() for word in _WORD.finditer(before)][-n_words:]
    if not starts:
        return None
    candidate = before[starts[0] :]
    place = len(candidate)
    wanted = [character.casefold() for character in short if character.isalnum()]
    for position, character in reversed(list(enumerate(wanted))):
        place -= 1
        while place >= 0 and (
            candidate[place].casefold() != character
            or (position == 0 and place > 0 and candidate[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return None
    long = candidate[place:]
    # What is no longer than its short form, or holds it, spells nothing out.
    return starts[0] + place if len(long) > len(short) and short not in long.split() else None
