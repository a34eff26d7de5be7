"""Which names are more often something else in a text, as far as the name itself tells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag
from typing import Final, Self

from bioweave.lexicon.everyday_words import (
    EVERYDAY_PHRASES,
    EVERYDAY_WORDS,
    FUNCTION_WORDS,
    HEADING_WORDS,
)
from bioweave.lexicon.normalisation import normalise

_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_FIRST_WORD = re.compile(r"[^\W_]+")
_CAPITAL = re.compile(r"[A-Z]")
_LONGEST_SYMBOL = 5  # letters; longer words in capitals are mostly shouted
_LONGEST_ALWAYS_BOUND = 3
_ARTICLE = "a"


class Caution(IntFlag):
    """Why a name is not simply taken where it stands."""

    NONE = 0
    LISTED = 1  # an everyday word
    LEARNED = 2  # mostly not annotated in a corpus
    SHORT = 4  # one character, a number alone, a word as in headings: never looked for
    CASE = 8  # found in its own case only
    CAPITALS = 16  # and that case has several capitals


HELD_BACK: Final = Caution.LISTED | Caution.LEARNED | Caution.SHORT


@dataclass(frozen=True, slots=True)
class WordLists:
    """Keys to be careful with.

    Those in `never` are not looked for at all; others are held back `always`, or in everything but
    capitals (`in_small_letters`). `grammar` says little about what stands beside it.
    """

    never: frozenset[str]
    always: frozenset[str]
    in_small_letters: frozenset[str]
    grammar: frozenset[str]

    @classmethod
    def make(cls, words: Iterable[str] = (), keep: Iterable[str] = ()) -> Self:
        """Our own lists, with `words` to hold back always, and without those to `keep`."""
        kept = frozenset(map(normalise, keep))
        never = frozenset(map(normalise, HEADING_WORDS))
        grammar = never | frozenset(map(normalise, FUNCTION_WORDS))
        everyday = grammar.union(map(normalise, (*EVERYDAY_WORDS, *EVERYDAY_PHRASES)))
        return cls(never - kept, frozenset(map(normalise, words)) - kept, everyday - kept, grammar)


def caution(name: str, key: str, lists: WordLists) -> Caution:
    """What to be careful about with a name; `key` is the name normalised.

    Short names and short words in capitals must stand in their own case: the gene SET is not what
    one can set. So must names whose words are nothing but everyday words, letters and numbers, for
    AT1 is not `at 1`. In small letters an everyday word is held back.

    >>> lists = WordLists.make()
    >>> [caution(name, normalise(name), lists).name for name in ("SET", "set", "Asthma")]
    ['CASE|CAPITALS', 'LISTED', 'NONE']
    """
    letters = _NOT_ALPHANUMERIC.sub("", name)
    tokens = key.split()
    if len(letters) < 2 or all(map(str.isdecimal, tokens)) or key in lists.never:
        return Caution.SHORT
    is_symbol = len(_CAPITAL.findall(letters)) > 1
    bound = Caution.CASE | Caution.CAPITALS if is_symbol else Caution.CASE
    if key in lists.always:
        return Caution.LISTED
    if key in lists.in_small_letters:
        return bound if is_symbol else Caution.LISTED
    is_short = len(letters) <= _LONGEST_ALWAYS_BOUND
    if letters.isalpha() and (is_short or (is_symbol and len(letters) <= _LONGEST_SYMBOL)):
        return bound
    if tokens[0] == _ARTICLE or all(_says_little(token, lists) for token in tokens):
        return bound
    return Caution.NONE


def is_own_case(found: str, name: str) -> bool:
    """Whether a text spells a name in the name's own case, spaces and hyphens aside.

    A name that begins with a word of three letters or more, and is no symbol, may begin with a
    capital or not; and a symbol may have a plural's s.

    >>> is_own_case("SNPs", "SNP"), is_own_case("set", "SET"), is_own_case("Flu", "flu")
    (True, False, True)
    """
    first = _FIRST_WORD.search(name)
    found, name = _NOT_ALPHANUMERIC.sub("", found), _NOT_ALPHANUMERIC.sub("", name)
    if found == name or found == f"{name}s":
        return True
    if first is None or len(first[0]) < _LONGEST_ALWAYS_BOUND:
        return False
    rest = found[1:]
    return rest == name[1:] and rest.islower() and found.lower() == name.lower()


def _says_little(token: str, lists: WordLists) -> bool:
    return len(token) == 1 or token.isdecimal() or token in lists.grammar
