"""Short forms: what looks like one, and what a document spells out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bioweave.document import Span

LONGEST = 10  # characters
_LEAST_SHARE_OF_CAPITALS = 0.6
_IN_BRACKETS = re.compile(r"[(\[]\s*([^\s()\[\],;:]{2,10})\s*[)\],;]")
_BEFORE_BRACKETS = re.compile(
    r"(?<![^\s(\[])([^\s()\[\],;:]{2,11})\s?[(\[]\s*([^\s()\[\];][^()\[\];]{2,200}?)\s*(?:[)\];]|,\s)"
)
_FARTHEST = 200  # characters that a long form may take
_WORD = re.compile(r"\S+")
_PARTS = re.compile(r"[-/]")
_NO_BEGINNING = frozenset(("a", "also", "an", "and", "as", "but", "or", "the"))


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
    """Each short form that the text gives in brackets behind its long form, or before it, in order.

    The short form's letters and digits are looked for from right to left, and its first one must
    begin a word (Schwartz and Hearst, 2003), in at most twice as many words as it has characters.
    Where it stands before (`AVS (acute velmar syndrome)`), brackets hold much else: there it also
    has to look short, its first letter to be the first in the brackets, and its last one to be
    in their last word.
    """
    behind = list(_behind_their_long_forms(text))
    brackets = {form.short.start for form in behind}
    before = (form for form in _before_their_long_forms(text) if form.long.start not in brackets)
    return sorted([*behind, *before], key=lambda form: form.short)


class Definition(NamedTuple):
    """A short form where it is defined, and the first place that spells it out in that way."""

    form: ShortForm
    first: ShortForm


def definitions(text: str) -> dict[str, list[Definition]]:
    """Where each short form of the text is defined, in order.

    Long forms are the same but for case, punctuation, and words or an ending that one has more. A
    later one that runs across another bracket is none: a short form in brackets is mostly a use.
    """
    found: dict[str, list[Definition]] = {}
    for form in find_short_forms(text):
        own = found.setdefault(text[slice(*form.short)], [])
        long = text[slice(*form.long)]
        if own and any(long.count(one) != long.count(other) for one, other in ("()", "[]")):
            continue
        same = (one.first for one in own if _is_same(text, form.long, one.first.long))
        own.append(Definition(form, next(same, form)))
    return found


def governing(starts: Sequence[int], place: int) -> int:
    """Which of the definitions that begin there, in order, holds at a place: the last before it.

    >>> [governing([10, 50], place) for place in (3, 10, 49, 50)]
    [0, 0, 0, 1]
    """
    return max(bisect_right(starts, place) - 1, 0)


class LongForms:
    """What the short forms that a text defines stand for, wherever they are used in it.

    >>> text = "Velmar syndrome (VS) and VS. Vagal stupor (VS) and VS."
    >>> long_forms = LongForms(text)
    >>> [long_forms.at("VS", place.start()) for place in re.finditer("VS", text)]
    ['Velmar syndrome', 'Velmar syndrome', 'Vagal stupor', 'Vagal stupor']
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._definitions = definitions(text)

    def at(self, short: str, start: int) -> str | None:
        """The long form that was defined there or last before, else the first; None without any."""
        own = self._definitions.get(short)
        if not own:
            return None
        last = own[governing([one.form.short.start for one in own], start)]
        return self._text[slice(*last.first.long)]


def defined_short_forms(text: str) -> dict[str, str]:
    """Each short form that the text defines, with the long form of its first definition.

    >>> defined_short_forms("Acute velmar syndrome (AVS) and gout (see above).")
    {'AVS': 'Acute velmar syndrome'}
    """
    found: dict[str, str] = {}
    for one in find_short_forms(text):
        found.setdefault(text[slice(*one.short)], text[slice(*one.long)])
    return found


def _is_same(text: str, *long_forms: Span) -> bool:
    squeezed = ("".join(filter(str.isalnum, text[slice(*one)].casefold())) for one in long_forms)
    shorter, longer = sorted(squeezed, key=len)
    return shorter in longer


def _behind_their_long_forms(text: str) -> Iterator[ShortForm]:
    for match in _IN_BRACKETS.finditer(text):
        short = match[1]
        if not (any(c.isalpha() for c in short) and short[0].isalnum()):
            continue
        earliest = max(0, match.start() - _FARTHEST)
        before = text[earliest : match.start()].rstrip()
        start = _start_of_long_form(short, before)
        if start is not None:
            long = Span(earliest + start, earliest + len(before))
            yield ShortForm(Span(match.start(1), match.end(1)), long)


def _before_their_long_forms(text: str) -> Iterator[ShortForm]:
    for match in _BEFORE_BRACKETS.finditer(text):
        if looks_short(match[1]) and _spells_out(match[1].removesuffix("s"), match[2]):
            yield ShortForm(Span(*match.span(1)), Span(*match.span(2)))


def _spells_out(short: str, long: str) -> bool:
    """Whether the whole of `long` is the long form, but for what it may begin with: 1-methyl."""
    words = long.split()
    if (
        not short[-1].isalnum()
        or short[-1].casefold() not in words[-1].casefold()
        or len(words) > _most_words(short)
        # A remark, or another short form.
        or words[0].casefold() in _NO_BEGINNING
        or any(map(looks_short, _PARTS.split(words[0])))
    ):
        return False
    start = _first_letter(short, long)
    return start is not None and not any(c.isalpha() for c in long[:start])


def _most_words(short: str) -> int:
    return min(len(short) + 5, 2 * len(short))


def _start_of_long_form(short: str, before: str) -> int | None:
    starts = [word.start() for word in _WORD.finditer(before)][-_most_words(short) :]
    if not starts:
        return None
    place = _first_letter(short, before[starts[0] :])
    return None if place is None else starts[0] + place


def _first_letter(short: str, candidate: str) -> int | None:
    """Where in the candidate the short form's first letter is, if all of them are found."""
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
    return place if len(long) > len(short) and short not in long.split() else None
