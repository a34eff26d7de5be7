"""Feature templates: what a word and its neighbours look like, as places in a table of weights.

What CRF taggers read before there were embeddings (McCallum and Li, 2003): words, shapes, prefixes
and suffixes, alone and in pairs. Instead of a vocabulary each feature has a place by its hash
(Weinberger et al., 2009); two that share one are a little noise, and nothing has to be kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

# Before a sentence's first word and after its last.
_EDGE = "\u2402"
_RUNS = re.compile(r"(.)\1+")
_SHAPES = str.maketrans(
    {letter: "x" for letter in "abcdefghijklmnopqrstuvwxyz"}
    | {letter: "X" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    | {digit: "9" for digit in "0123456789"}
)


class _Look(NamedTuple):
    """What a word looks like: itself, in lower case, its shape, and that with runs cut to one."""

    word: str
    lower: str
    shape: str
    outline: str


class TemplateHasher:
    """Words -> the places of their features, from 1 to `n_buckets`; 0 is for padding.

    >>> ids = TemplateHasher(1000).ids([["Vagal", "gout"]])
    >>> ids.shape == (2, TemplateHasher.n_templates), bool((ids > 0).all())
    (True, True)
    """

    n_templates = 24

    def __init__(self, n_buckets: int) -> None:
        if n_buckets < 1:
            raise ValueError(f"a table has at least 1 bucket, not {n_buckets}")
        self.n_buckets = n_buckets

    def ids(self, sentences: Sequence[Sequence[str]]) -> npt.NDArray[np.int64]:
        """[n_words of all sentences, n_templates]; a word knows its own sentence alone."""
        n_words = sum(map(len, sentences))
        numbers = (
            crc32(f"{place}={feature}".encode()) % self.n_buckets + 1
            for sentence in sentences
            for features in _features(sentence)
            for place, feature in enumerate(features)
        )
        ids = np.fromiter(numbers, np.int64, n_words * self.n_templates)
        return ids.reshape(n_words, self.n_templates)


def _features(sentence: Sequence[str]) -> Iterator[tuple[str, ...]]:
    looks = [_look(word) for word in (_EDGE, _EDGE, *sentence, _EDGE, _EDGE)]
    for place in range(2, len(looks) - 2):
        before2, before, own, after, after2 = looks[place - 2 : place + 3]
        lower = own.lower
        yield (
            own.word,
            lower,
            own.shape,
            own.outline,
            *(lower[:length] for length in (2, 3, 4)),
            *(lower[-length:] for length in (2, 3, 4, 5)),
            before2.lower,
            before.lower,
            after.lower,
            after2.lower,
            before.outline,
            after.outline,
            before.lower[-3:],
            after.lower[-3:],
            f"{before.lower} {lower}",
            f"{lower} {after.lower}",
            f"{before.lower} {after.lower}",
            f"{before.outline} {own.outline} {after.outline}",
            f"{lower[-3:]} {after.lower[-3:]}",
        )


@lru_cache(maxsize=1 << 16)
def _look(word: str) -> _Look:
    # A lone surrogate has no encoding; a replacement character stands for any of them.
    word = word.encode("utf-8", "replace").decode("utf-8")
    shape = word.translate(_SHAPES)
    return _Look(word, word.lower(), shape, _RUNS.sub(r"\1", shape))
