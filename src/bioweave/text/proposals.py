"""Where sentences may end, according to `sentencex`.

sentencex (maintained, MIT, compiled) is fast and good at abbreviations and names, but made for
general prose. Four things keep it on biomedical text, all without touching an offset:

- It sees a disguise: a string of the same length in ASCII. Outside ASCII its look-behind counts
  bytes and can panic in the middle of a character.
- The disguise has no brackets and quotes. It takes `(a)` or `5)` inside a sentence for a list and
  the prime of `5'` for a quotation, and then suppresses every end up to the next one.
- A bracket or quote that closes right after a full stop looks like another full stop, so that the
  sentence ends after it.
- It gets chunks. On long text without line breaks its time grows with the square of the length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import sentencex  # type: ignore[import-untyped]

# Characters handed over at a time: more than any real sentence, little enough to stay linear.
_CHUNK = 4096

_CLOSED = re.compile(r"(?<=[.?!])[)\]}\"'\u2019\u201d]+")
_DISGUISED = re.compile(r"[()\[\]{}\"']|[^\x00-\x7f]")


def propose_ends(paragraph: str) -> Iterator[int]:
    """Offsets, ascending, where sentencex sees a sentence end and the next sentence start.

    The paragraph's own start and end are not among them.
    """
    disguise = _CLOSED.sub(lambda closers: "." * len(closers[0]), paragraph)
    disguise = _DISGUISED.sub(lambda character: _stand_in(character[0]), disguise)
    position = 0
    while position < len(disguise):
        chunk = disguise[position : position + _CHUNK]
        # The chunk's own end says nothing; its last sentence is looked at again from its start.
        ends = [
            position + boundary["end_index"]
            for boundary in sentencex.get_sentence_boundaries("en", chunk)
            if boundary["end_index"] < len(chunk)
        ]
        yield from ends
        if position + len(chunk) == len(disguise):
            return
        position = ends[-1] if ends else position + (chunk.rfind(" ", 1) + 1 or len(chunk))


@lru_cache(maxsize=4096)
def _stand_in(character: str) -> str:
    """An ASCII character of the same kind: letter and its case, digit, space or other."""
    if character.isspace():
        return " "
    if character.isalpha():
        return "X" if character.isupper() else "x"
    return "0" if character.isdigit() else ","
