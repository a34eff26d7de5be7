"""Names and text -> keys under which the spellings of one name meet.

A text is cut into words at whatever is neither letter nor digit, so that hyphens and spaces are the
same, and each word goes by itself through these steps:

1. compatibility forms, case and accents (`Sjögren` -> `sjogren`, `²` -> `2`, `ß` -> `ss`); a
   possessive `'s` goes;
2. letters, digits and each Greek letter come apart (`IL2` -> `il 2`, `5-HT2A` -> `5 ht 2 a`);
3. Greek letters are spelled out (`TNFα` -> `tnf alpha`), and names of letters at a word's edge come
   off (`TNFalpha` -> `tnf alpha`);
4. plural -> singular, British -> American (`bioweave.lexicon.spelling`);
5. Roman numbers -> digits (`type II` -> `type 2`), but for `v`, `x` and `xi`, which are more often
   a letter.

Every step is repeated until nothing changes, hence `normalise(normalise(text)) == normalise(text)`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import chain

from bioweave.lexicon.spelling import american, singular

_MARKS = "\u0300-\u036f"  # combining accents
_JOINERS = "\u00ad\u200b-\u200d\u2060\ufeff"  # soft hyphen, zero-width characters

# A run of letters and digits, what is combined with it, and its possessive s.
WORD = re.compile(rf"([^\W_]+(?:[{_MARKS}]+[^\W_]*|[{_JOINERS}]+[^\W_]+)*(?:['’`][sS](?![^\W_]))?)")

_POSSESSIVE = re.compile(r"['’`]s$")
_PIECE = re.compile(r"[α-ω]|\d+|[^\W\d_α-ω]+")
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "þ": "th"}
)
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρςστυφχψω",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
        "sigma sigma tau upsilon phi chi psi omega".split(),
        strict=True,
    )
)
# Those that are no word's ordinary ending, as "eta" or "pi" are.
_LONG_GREEK = "alpha|beta|gamma|delta|epsilon|kappa|lambda|omega|sigma|theta"
_GREEK_EDGE = re.compile(rf"(?:({_LONG_GREEK})(\w{{3,}}|b)|(\w+?)({_LONG_GREEK})(b?))")
_GREEK_STARTS = tuple(_LONG_GREEK.split("|"))
_GREEK_ENDS = (*_GREEK_STARTS, *(f"{name}b" for name in _GREEK_STARTS))
_ROMAN = {
    roman: str(number)
    for number, roman in enumerate("i ii iii iv v vi vii viii ix x xi xii xiii".split(), start=1)
    if roman not in ("v", "x", "xi")
}
_LONGEST_WORD = 200  # code points; longer ones are no language's


def normalise(text: str) -> str:
    """The key of a name: words and numbers in lower case, joined by single spaces.

    Empty where the text has neither letter nor digit.

    >>> normalise("Tumours of the α1-Adrenergic type"), normalise("IL-2"), normalise("IL2")
    ('tumor of the alpha 1 adrenergic type', 'il 2', 'il 2')
    """
    return " ".join(chain.from_iterable(map(normalise_word, WORD.findall(text))))


@lru_cache(maxsize=1 << 16)
def normalise_word(word: str) -> tuple[str, ...]:
    """The tokens that one match of `WORD` stands for: mostly one, several for `IL2` or `TNFα`.

    >>> normalise_word("NFκB"), normalise_word("Crohn's")
    (('nf', 'kappa', 'b'), ('crohn',))
    """
    word = word[:_LONGEST_WORD]
    if word.isascii() and word.isalpha():
        return _settle(word.lower())
    tokens = _PIECE.findall(_POSSESSIVE.sub("", _fold(word)))
    return tuple(chain.from_iterable(map(_settle, tokens)))


def _fold(word: str) -> str:
    """Case, compatibility forms and accents folded; stable under itself."""
    if word.isascii():
        return word.lower()
    while True:
        decomposed = unicodedata.normalize("NFKD", word).casefold()
        folded = "".join(
            letter for letter in decomposed if unicodedata.category(letter) not in ("Mn", "Cf")
        ).translate(_LETTERS)
        if folded == word:
            return folded
        word = folded


def _settle(token: str) -> tuple[str, ...]:
    """The tokens that a piece becomes once no rule changes anything any more."""
    if token in _GREEK:
        return (_GREEK[token],)
    if not (token.isascii() and token.isalpha()):
        return (token,)
    while (changed := american(singular(token))) != token:
        token = changed
    if token in _ROMAN:
        return (_ROMAN[token],)
    has_greek = token.startswith(_GREEK_STARTS) or token.endswith(_GREEK_ENDS)
    if has_greek and (edge := _GREEK_EDGE.fullmatch(token)):
        return tuple(chain.from_iterable(_settle(part) for part in edge.groups() if part))
    return (token,)
