r"""Words: runs of letters and digits, and every other visible character by itself.

Hyphens, slashes, brackets, primes and underscores are words of their own: `IL-2` is three words and
`p53-/-` four. Gold mentions of ncbi-disease, bc5cdr and bc2gm so start and end at a word's edge in
99.9% of the cases, with as many words as `\w+|[^\w\s]` has matches. A joint of digit and letter
(`HT2A`) is left whole: splitting all of them would align 14 more of those 60,271 mentions and make
up to 3% more words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, partial

from bioweave.document import Word

# Invisible characters that hold a word together: soft hyphen, zero-width (non-)joiner, word
# joiner, zero-width no-break space. At a word's edge they are words of their own.
_JOINERS = "\u00ad\u200c\u200d\u2060\ufeff"
# Scripts that write no spaces and whose every character is a word to WordPiece, too.
_IDEOGRAPHS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Skin tones and the letters of flag tags change the character before them, as marks do.
_EMOJI_EXTENDERS = "\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
# What lies between holds no marks: ideographs, Hangul, cuneiform, hieroglyphs, Tangut, emoji.
_BLOCKS_WITH_MARKS = (
    range(0x300, 0x3100),
    range(0xA660, 0xAC00),
    range(0xFB00, 0x12000),
    range(0x13400, 0x17000),
    range(0x1BC00, 0x1F000),
    range(0xE0100, 0xE01F0),
)
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"

_as_word = partial(tuple.__new__, Word)  # twice as fast as Word(*span)


def split_words(text: str, offset: int = 0) -> list[Word]:
    """The words of a text, `offset` added to their starts and ends.

    Every character that is not a space is in exactly one word, and no word holds a space. A
    letter and its combining marks, a flag, and an emoji with its modifiers stay in one word.

    >>> text = "IL-2 and 5'-HT2A"
    >>> [text[start:end] for start, end in split_words(text)]
    ['IL', '-', '2', 'and', '5', "'", '-', 'HT2A']
    """
    if offset == 0:
        return list(find_words(text, 0, len(text)))
    return [Word(start + offset, end + offset) for start, end in find_words(text, 0, len(text))]


def find_words(text: str, start: int, end: int) -> Iterator[Word]:
    """The words of `text[start:end]`, in code points of `text`."""
    return map(_as_word, map(re.Match.span, _word_pattern().finditer(text, start, end)))


@cache
def _word_pattern() -> re.Pattern[str]:
    letter = rf"[^\W_{_IDEOGRAPHS}]"
    # `re` cannot name the category; looking ahead spares most characters the long list.
    mark = rf"(?=[^\x00-\u02ff])[{_combining_marks()}{_EMOJI_EXTENDERS}]"
    marks = rf"(?:{mark})*"
    run = rf"{letter}+(?:(?:{mark})+{letter}*|[{_JOINERS}]+{letter}+)*"
    symbol = rf"\S{marks}(?:\u200d[^\w\s]{marks})*"
    return re.compile(rf"{run}|{_FLAG}{marks}|{symbol}")


def _combining_marks() -> str:
    """Every combining mark (categories Mn, Mc, Me), as ranges for a character class."""
    ranges: list[tuple[int, int]] = []
    for block in _BLOCKS_WITH_MARKS:
        for code in block:
            if unicodedata.category(chr(code))[0] != "M":
                continue
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1] = (ranges[-1][0], code)
            else:
                ranges.append((code, code))
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)
