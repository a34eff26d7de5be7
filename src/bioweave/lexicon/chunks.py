"""Chunks, which is what stands between two spaces of a text: their tokens, and where clauses end.

Names and text go through the same functions here, so that a name is found wherever the text has its
words with nothing more between them than the name has.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from bioweave.lexicon.coding import BREAK
from bioweave.lexicon.normalisation import WORD, normalise_word

_SPACE: Final = " "
_PARAGRAPH: Final = "\n\n"
HYPHENS: Final = "-‐‑"
EDGES: Final = '.,;:!?()[]{}"“”<>'  # what mostly ends a clause on a chunk's edge
_APOSTROPHES = "'’`"  # of a plural's possessive, or a quotation's
# Within a chunk: an odd space, or punctuation such as stands in names ("5,6-", "2'", "N(6)").
_HYPHEN_JOINT = re.compile(rf"(?<=[^\W\d_])[{HYPHENS}](?=[^\W\d_])")
_JOINT = re.compile(r"\s?|[^\s;?!|\"“”=<>…—]+")


def split_chunks(text: str) -> list[str]:
    """The chunks of a text: one character stands between each two of them.

    The end of a line counts as a space; a blank line ends a clause, as punctuation does.
    """
    if _PARAGRAPH in text:
        text = text.replace(_PARAGRAPH, f"{BREAK}{_SPACE}")
    # Of this kin, each replaces one character by another: places stay what they are.
    return text.replace("\n", _SPACE).replace("\t", _SPACE).replace("\r", _SPACE).split(_SPACE)


class Token(NamedTuple):
    """A token of a chunk; `start` and `end` are characters of the chunk.

    They are -1 where the token does not begin, or end, its word: no name may begin or end there.
    """

    text: str
    start: int
    end: int


@lru_cache(maxsize=1 << 16)
def chunk_tokens(chunk: str) -> tuple[Token, ...]:
    r"""The tokens of a chunk, and a BREAK wherever a clause may end.

    Clauses end at punctuation on the chunk's edge, brackets included, and at such marks inside it
    as no name has. A hyphen between spaces ends none.

    >>> [token.text for token in chunk_tokens("(IL-2,")]
    ['\x02', 'il', '2', '\x02']
    """
    if not chunk or chunk in HYPHENS:
        return ()
    tokens: list[Token] = []
    start = 0
    parts = WORD.split(chunk)
    for place, part in enumerate(parts):
        end = start + len(part)
        if place % 2:
            tokens += _word_tokens(part, start, end)
        elif part and not _is_soft(part, is_edge=place in (0, len(parts) - 1)):
            tokens.append(Token(BREAK, -1, -1))
        start = end
    return tuple(tokens)


@lru_cache(maxsize=1 << 12)
def closed_tokens(chunk: str) -> tuple[Token, ...]:
    """The tokens of a chunk without the hyphens between its letters; empty if it has none.

    Places are in the chunk as it is, hyphens and all.

    >>> closed_tokens("anti-inflammatory"), closed_tokens("IL-2")
    ((Token(text='antiinflammatory', start=0, end=17),), ())
    """
    pieces = _HYPHEN_JOINT.split(chunk)
    if len(pieces) < 2:
        return ()
    joints = list(accumulate(len(piece) for piece in pieces[:-1]))
    return tuple(
        Token(
            text,
            # A start at a joint lies behind its hyphen, an end before it.
            start + bisect_right(joints, start) if start >= 0 else -1,
            end + bisect_left(joints, end) if end >= 0 else -1,
        )
        for text, start, end in chunk_tokens("".join(pieces))
    )


def token_runs(name: str) -> Iterator[tuple[str, ...]]:
    """The runs of tokens under which a name is looked for in a text, some of them twice.

    With the breaks it has and without them; and where hyphens join letters, with those words closed
    up: `X-ray` as `x ray` and as `xray`.
    """
    chunks = split_chunks(name)
    forms = [[chunk_tokens(chunk) for chunk in chunks]]
    if any(hyphen in name for hyphen in HYPHENS):
        forms.append([closed_tokens(chunk) or chunk_tokens(chunk) for chunk in chunks])
    for form in forms:
        tokens = [token.text for of_chunk in form for token in of_chunk]
        yield tuple(_stripped(tokens))
        if BREAK in tokens:
            yield tuple(token for token in tokens if token != BREAK)


def _word_tokens(word: str, start: int, end: int) -> Iterator[Token]:
    tokens = normalise_word(word)
    last = len(tokens) - 1
    for place, token in enumerate(tokens):
        yield Token(token, start if place == 0 else -1, end if place == last else -1)


def _is_soft(separator: str, *, is_edge: bool) -> bool:
    if is_edge:
        return separator in _APOSTROPHES
    return _JOINT.fullmatch(separator) is not None


def _stripped(tokens: list[str]) -> list[str]:
    """Without breaks at the edges."""
    start, end = 0, len(tokens)
    while start < end and tokens[start] == BREAK:
        start += 1
    while end > start and tokens[end - 1] == BREAK:
        end -= 1
    return tokens[start:end]
