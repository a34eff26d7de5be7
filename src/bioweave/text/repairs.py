"""Where a proposed sentence end is not one, and where one was missed: rules for biomedical text.

Each rule is about a form (digits on both sides, a lower-case word after an abbreviation), never a
list of names from a corpus. When in doubt a sentence goes on: one that is too long costs nothing,
one that is cut inside a mention loses the mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# How far to look to either side of a proposed end: no token that decides anything is longer.
_REACH = 40

# An end that needs no dictionary: a long lower-case word, a closing bracket, or a number with or
# without its unit ("for 24 h. However"), then a full stop and a capital.
_SURE_END = re.compile(
    r"(?:[a-z]{4}|[)\]%]|\b[0-9]+ ?[a-zµ]{0,2})[.?!][)\]\"'\u2019\u201d]*\s+"
    r"(?=[(\[\"'\u2018\u201c]?[A-Z])"
)
_BEFORE = re.compile(r"([^\s(\[{,;:/]*)([.?!])[)\]}\"'\u2019\u201d]*\s+\Z")
_GOES_ON = re.compile(r"[,;:%)\]}/.?!]|[-\u2013\u2014]{2}")
_LOWER_WORD = re.compile(r"[a-z]+(?![\w-])")
_CAPITALISED = re.compile(r"[A-Z][a-z]+\b")
_RANK = re.compile(r"(?:ss?pp?|subsp|var|str|bv|cv|pv|cf|aff)\Z")


def sure_ends(paragraph: str) -> Iterator[int]:
    """Offsets, ascending, where the form alone says that a sentence has ended."""
    return (match.end() for match in _SURE_END.finditer(paragraph))


def is_end(paragraph: str, offset: int) -> bool:
    """Whether a sentence that was proposed to start at `offset` may start there.

    >>> text = "It was anti-M. leprae. It grew."
    >>> is_end(text, text.index("leprae")), is_end(text, text.index("It grew"))
    (False, True)
    """
    if not paragraph[offset - 1].isspace() or _GOES_ON.match(paragraph, offset):
        return False
    before = _BEFORE.search(paragraph, max(0, offset - _REACH), offset)
    if before is None:  # a line break before a list's next item, say
        return True
    token, stop = before[1], before[2]
    after = paragraph[offset : offset + _REACH]
    return not (
        _is_decimal(token, after)
        or _is_abbreviation_before_number(token, after)
        or _is_rank_before_code(token, after)
        or _goes_on_in_lower_case(token, stop, after)
    )


def _is_decimal(token: str, after: str) -> bool:
    """`P = 0. 05`, `17p13. 3`, `EC 1. 1. 1. 49`, `P <. 01`: full stops spaced out."""
    is_number = token[-1:].isdigit() or token[-1:] in {"", "=", "<", ">"}
    return is_number and after[:1].isdigit()


def _is_abbreviation_before_number(token: str, after: str) -> bool:
    """`Dec. 30`, `Fig. 2`, `No. 7`: a short capitalised word and a number."""
    return len(token) <= 4 and token[:1].isupper() and after[:1].isdigit()


def _is_rank_before_code(token: str, after: str) -> bool:
    """`Anabaena sp. PCC7120`: a taxon's rank, then a strain's code and no capitalised word."""
    return bool(_RANK.match(token)) and not _CAPITALISED.match(after)


def _goes_on_in_lower_case(token: str, stop: str, after: str) -> bool:
    """`E. coli`, `Ae. vexans`, `bv. phaseoli`, `10 mg. kg-1`: an abbreviation in mid-sentence.

    Names that never have a capital may start a sentence (`p53 is`, `c-Jun was`). Before a plain
    lower-case word only a full stop after an ordinary word is an end.
    """
    if not after[:1].islower():
        return False
    if _LOWER_WORD.match(after):
        is_ordinary = len(token) > 4 and token.isalpha() and token.islower()
        return stop != "." or not is_ordinary
    return len(token) <= 3 and token.isalnum()
