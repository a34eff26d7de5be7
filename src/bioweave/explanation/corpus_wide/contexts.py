"""Words as they are counted, and where they stand to a span."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from bioweave.explanation.subject import Subject

Where: TypeAlias = Literal["in it", "before", "after", "near"]

# How many words on either side are near; the two at its edges are counted by themselves.
NEAR = 5
NUMBER = "(number)"


class Place(NamedTuple):
    """A weighed word: its place among the players, what it counts as, as it is spelled, where."""

    player: int
    term: str
    spelled: str
    where: Where


def places_of(subject: Subject) -> Iterator[Place]:
    """The words of a span and those around it, within its sentence."""
    for player, word in enumerate(subject.players):
        if subject.word_start <= word < subject.word_end:
            where: Where = "in it"
        elif word == subject.word_start - 1:
            where = "before"
        elif word == subject.word_end:
            where = "after"
        elif subject.word_start - NEAR <= word < subject.word_end + NEAR:
            where = "near"
        else:
            continue
        spelled = subject.word(word)
        yield Place(player, term_of(spelled), spelled, where)


def term_of(word: str) -> str:
    """What a word counts as: without case and plural; all numbers are one.

    Plurals lose their ending by the three rules of Harman's S stemmer (1991): no dictionary, and
    no more than -ies, -es and -s.

    >>> [term_of(word) for word in ("Ulcers", "families", "diabetes", "virus", "IL", "12.5")]
    ['ulcer', 'family', 'diabete', 'virus', 'il', '(number)']
    """
    folded = word.casefold()
    if not any(one.isalpha() for one in folded):
        return NUMBER if any(one.isdigit() for one in folded) else folded
    if len(folded) < 4:
        return folded
    if folded.endswith("ies") and not folded.endswith(("eies", "aies")):
        return f"{folded[:-3]}y"
    if folded.endswith("es") and not folded.endswith(("aes", "ees", "oes")):
        return folded[:-1]
    if folded.endswith("s") and not folded.endswith(("us", "ss")):
        return folded[:-1]
    return folded
