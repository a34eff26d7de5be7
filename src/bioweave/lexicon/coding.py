"""Tokens as single characters, so that an automaton over characters finds runs of tokens.

A name such as `breast cancer` becomes a string of two characters, one for each token of its key. In
a text encoded like that every match begins and ends at a token, offsets are counted in tokens, and
the automaton has one state a token instead of one a letter.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

UNKNOWN: Final = "\x01"  # a token that no name has
BREAK: Final = "\x02"  # the end of a clause
_SEPARATOR = "\n"  # of tokens in a file; no token holds it

_FIRST = 0x100
_SURROGATES = range(0xD800, 0xE000)
# Beyond what single characters can tell apart, a token has two, of blocks of their own.
_BLOCK = 0x1000
_LEADS = 0x10F000
_TRAILS = 0x10E000
_N_SINGLE = _TRAILS - _FIRST - len(_SURROGATES)


def code_of(number: int) -> str:
    """The characters that stand for a token: no code is a part of another one.

    >>> len(code_of(0)), len(code_of(5_000_000))
    (1, 2)
    """
    if number < _N_SINGLE:
        code = _FIRST + number
        return chr(code if code < _SURROGATES.start else code + len(_SURROGATES))
    lead, trail = divmod(number - _N_SINGLE, _BLOCK)
    return chr(_LEADS + lead) + chr(_TRAILS + trail)


def n_leads(codes: str) -> int:
    """How many of these characters are the first of a code of two."""
    return sum(ord(character) >= _LEADS for character in codes)


class Vocabulary:
    """The tokens of all names, sorted, and their codes; a break's code is itself."""

    def __init__(self, tokens: Iterable[str]) -> None:
        self._codes = {BREAK: BREAK}
        self._codes |= {token: code_of(number) for number, token in enumerate(tokens)}

    @classmethod
    def read(cls, raw: bytes | memoryview) -> Vocabulary:
        """What `to_bytes` made."""
        return cls(str(raw, "utf-8").split(_SEPARATOR))

    def to_bytes(self) -> bytes:
        """All tokens, in the order of their codes."""
        return _SEPARATOR.join(islice(self._codes, 1, None)).encode()

    def __len__(self) -> int:
        return len(self._codes) - 1

    def code(self, token: str) -> str:
        """The code of one token; empty if no name has it."""
        return self._codes.get(token, "")

    def encode(self, tokens: Iterable[str]) -> str:
        """The codes of tokens, one behind the other."""
        return "".join([self._codes.get(token, UNKNOWN) for token in tokens])
