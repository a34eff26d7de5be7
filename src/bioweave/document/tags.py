"""Tags of words <-> spans of words, in the schemes BIO and BIOES.

A tag set is one head's alphabet: `O` first, then each label's tags. Spans here are word spans
(`word_start`, `word_end`, half-open), never characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class TagScheme(StrEnum):
    """How a span of words is spelled out in tags."""

    BIO = "BIO"  # Ramshaw and Marcus, 1995, in the variant where every span starts with B
    BIOES = "BIOES"  # Ratinov and Roth, 2009 (there BILOU)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The prefixes a label can carry."""
        return ("B", "I") if self is TagScheme.BIO else ("B", "I", "E", "S")


class WordSpan(NamedTuple):
    """A labelled stretch of words, half-open."""

    word_start: int
    word_end: int
    label: str


@dataclass(frozen=True)
class TagSet:
    """The tags of one head.

    >>> tags = TagSet(("Disease",))
    >>> tags.names
    ('O', 'B-Disease', 'I-Disease')
    >>> tags.encode([WordSpan(1, 3, "Disease")], n_words=4)
    [0, 1, 2, 0]
    >>> tags.decode([0, 1, 2, 0])
    [WordSpan(word_start=1, word_end=3, label='Disease')]
    """

    labels: tuple[str, ...]
    scheme: TagScheme = TagScheme.BIO

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All tags, `O` first; a tag's place here is its index."""
        tags = (f"{prefix}-{label}" for label in self.labels for prefix in self.scheme.prefixes)
        return ("O", *tags)

    @cached_property
    def index(self) -> dict[str, int]:
        """From a tag to its index."""
        return {name: position for position, name in enumerate(self.names)}

    def __len__(self) -> int:
        return len(self.names)

    def encode(self, spans: Iterable[WordSpan], n_words: int) -> list[int]:
        """A tag index per word. Where spans overlap the longest wins, then the first.

        Raises KeyError for a label that is not in the set and IndexError for a span that is
        empty or outside the words.
        """
        tags = [0] * n_words
        for start, end, label in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
            if not 0 <= start < end <= n_words:
                raise IndexError(f"word span {start}:{end} is empty or outside {n_words} words")
            if any(tags[start:end]):
                continue
            tags[start:end] = [self.index[name] for name in self._spell(label, end - start)]
        return tags

    def decode(self, tags: Sequence[int]) -> list[WordSpan]:
        """The spans that a sequence of tag indices spells.

        A sequence that breaks the scheme (an I after O, say) is read leniently, as
        conlleval does: a span starts wherever its label first appears.
        """
        spans: list[WordSpan] = []
        start, label = 0, ""
        for position, tag in enumerate((*tags, 0)):
            prefix, _, name = self.names[tag].partition("-")
            if label and (prefix in "OBS" or name != label):
                spans.append(WordSpan(start, position, label))
                label = ""
            if prefix != "O" and not label:
                start, label = position, name
            if prefix in "ES":
                spans.append(WordSpan(start, position + 1, label))
                label = ""
        return spans

    @cached_property
    def may_start(self) -> npt.NDArray[np.bool_]:
        """[tags], True where a sequence may start with the tag."""
        return np.array([name[0] in "OBS" for name in self.names])

    @cached_property
    def may_end(self) -> npt.NDArray[np.bool_]:
        """[tags], True where a sequence may end with the tag."""
        final = "OBI" if self.scheme is TagScheme.BIO else "OES"
        return np.array([name[0] in final for name in self.names])

    @cached_property
    def may_follow(self) -> npt.NDArray[np.bool_]:
        """[tags, tags], True at [i, j] where tag j may come right after tag i."""
        return np.array(
            [[self._may_follow(left, right) for right in self.names] for left in self.names]
        )

    def _spell(self, label: str, length: int) -> list[str]:
        if f"B-{label}" not in self.index:
            raise KeyError(f"label {label!r} is not among {', '.join(self.labels)}")
        if self.scheme is TagScheme.BIO:
            return [f"B-{label}"] + [f"I-{label}"] * (length - 1)
        if length == 1:
            return [f"S-{label}"]
        return [f"B-{label}"] + [f"I-{label}"] * (length - 2) + [f"E-{label}"]

    def _may_follow(self, left: str, right: str) -> bool:
        continues = right[0] in "IE"
        if self.scheme is TagScheme.BIO:
            return not continues or (left[0] in "BI" and left[2:] == right[2:])
        is_open = left[0] in "BI"
        return is_open == continues and (not continues or left[2:] == right[2:])
