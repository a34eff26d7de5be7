"""Greek variants: letters spelled out, and their names as letters."""

from __future__ import annotations

import re
from random import Random

from bioweave.corpus.augmentation.edits import Edit, edges_of, edited, is_cut
from bioweave.document import Document

# Without mu, which is more often micro (10 μg).
_NAMES = dict(
    zip(
        "αβγδεζηθικλνξοπρςστυφχψω",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda nu xi omicron pi rho "
        "sigma sigma tau upsilon phi chi psi omega".split(),
        strict=True,
    )
)
# Names that hardly mean anything else: no "pi", "chi" or "eta", and no maker of reagents (Sigma).
_LETTERS = {
    name: letter
    for letter, name in _NAMES.items()
    if name in "alpha beta gamma delta epsilon theta kappa lambda omega".split()
}
# Their capitals are no Latin letters to the eye.
_OWN_CAPITALS = frozenset("ΓΔΘΛΩ")
_GREEK = "Ͱ-Ͽἀ-῿"
_LETTER = re.compile(rf"(?<![{_GREEK}])[{''.join(_NAMES)}ΓΔΘΛΞΠΣΦΨΩ](?![{_GREEK}])")
# A name is a word, or stands behind capitals and digits (TNFalpha, 17beta).
_NAME = re.compile(rf"(?<![^\W\dA-Z_])(?i:{'|'.join(_LETTERS)})(?![^\W\d_])")


def vary_greek(document: Document, chance: Random, probability: float = 0.5) -> Document:
    """The document with some Greek letters spelled out and some of their names made letters.

    Each is changed with `probability`: `TNF-α` becomes `TNF-alpha`, and `TNFalpha` `TNFα`. Words in
    Greek are left alone, and so is what a mention's or passage's edge divides. What a mention
    means stays, and so may its concepts and relations.
    """
    edges = edges_of(document)
    found = [(match, _spelled_out(match[0])) for match in _LETTER.finditer(document.text)]
    found += [(match, _as_letter(match[0])) for match in _NAME.finditer(document.text)]
    edits = []
    for match, made in sorted(found, key=lambda pair: pair[0].start()):
        start, end = match.span()
        if not is_cut(start, end, edges) and chance.random() < probability:
            edits.append(Edit(start, end, made))
    return edited(document, edits)


def _spelled_out(letter: str) -> str:
    name = _NAMES[letter.lower()]
    return name if letter.islower() else name.capitalize()


def _as_letter(name: str) -> str:
    """The letter; a capital for a capitalised name, where the reader can tell it from a Latin."""
    letter = _LETTERS[name.lower()]
    is_capital = name[0].isupper() and letter.upper() in _OWN_CAPITALS
    return letter.upper() if is_capital else letter
