"""The names of a compiled lexicon as a tagger's dictionary."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from bioweave.document import WordSpan
from bioweave.errors import BundleError, ConfigurationError, LexiconError
from bioweave.features.dictionary import DictionaryMatcher, NameDictionary
from bioweave.lexicon import Lexicon, Matcher, SourceInfo
from bioweave.lexicon.selecting import select_labels

LEXICON_NAME = "dictionary.lexicon"

# A dictionary is given words and not what stood between them. These mostly touch their neighbours.
_TIGHT = frozenset("-\u2010\u2011/_")
_BEHIND = frozenset("'\u2019\u2032")  # of a possessive or a locant (5'-)
_POSSESSIVE = "s"
_TIGHT_IN_NUMBERS = frozenset(",.")  # 2,3-dimethyl, 0.5
_NUMBER = re.compile(r"\d+")


class LexiconDictionary:
    """Finds a lexicon's names among words, as `Matcher` does in text; safe to share, picklable.

    For each label the longest names, from left to right, that begin and end where words do.
    Spaces between words are guessed, always in the same way, so that training and annotation see
    the same: `IL - 2` is `IL-2`, and a comma ends a clause but between numbers.
    """

    def __init__(self, lexicon: Lexicon, labels: Sequence[str] | None = None) -> None:
        self._labels = tuple(lexicon.labels if labels is None else labels)
        unknown = [label for label in self._labels if label not in lexicon.labels]
        if unknown:
            raise ConfigurationError(
                f"{lexicon.path}: has no names of {unknown[0]!r}; its labels are "
                f"{', '.join(lexicon.labels)}"
            )
        self._matcher = Matcher(lexicon)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels whose names it finds."""
        return self._labels

    @property
    def sources(self) -> tuple[SourceInfo, ...]:
        """Where the names come from, on whose terms they may be used."""
        return self._matcher.lexicon.sources

    def find(self, words: Sequence[str]) -> list[WordSpan]:
        """The names among one sentence's words, from left to right, the longest first."""
        text, starts = _joined(words)
        first_at = {start: place for place, start in enumerate(starts)}
        end_at = {
            start + len(word): place + 1
            for place, (start, word) in enumerate(zip(starts, words, strict=True))
        }
        return [
            WordSpan(first_at[match.start], end_at[match.end], match.label)
            for match in self._matcher.find(text, self._labels)
            if match.start in first_at and match.end in end_at
        ]

    def save(self, folder: Path) -> None:
        """Write `dictionary.lexicon`: the concepts of its labels, without n-grams."""
        folder.mkdir(parents=True, exist_ok=True)
        select_labels(self._matcher.lexicon, self._labels, folder / LEXICON_NAME)

    @classmethod
    def read(cls, folder: Path) -> LexiconDictionary:
        """What `save` wrote; BundleError where it is damaged."""
        try:
            return cls(Lexicon.open(folder / LEXICON_NAME))
        except LexiconError as error:
            raise BundleError(f"{error}; or export the bundle again") from error


def read_dictionary(folder: Path) -> DictionaryMatcher:
    """The dictionary in a folder of features, whichever it is; BundleError where it is damaged."""
    if (folder / LEXICON_NAME).exists():
        return LexiconDictionary.read(folder)
    return NameDictionary.read(folder)


def _joined(words: Sequence[str]) -> tuple[str, list[int]]:
    """The words as a text, and where each of them starts in it."""
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    for place, word in enumerate(words):
        if place and not _touches(words, place):
            parts.append(" ")
            length += 1
        starts.append(length)
        parts.append(word)
        length += len(word)
    return "".join(parts), starts


def _touches(words: Sequence[str], place: int) -> bool:
    """Whether a word is written close to the one before it."""
    before, word = words[place - 1], words[place]
    if before in _TIGHT or word in _TIGHT or word in _BEHIND:
        return True
    if before in _BEHIND:
        return word.lower() == _POSSESSIVE
    mark = place if word in _TIGHT_IN_NUMBERS else place - 1
    if words[mark] not in _TIGHT_IN_NUMBERS or not 0 < mark < len(words) - 1:
        return False
    return bool(_NUMBER.fullmatch(words[mark - 1]) and _NUMBER.fullmatch(words[mark + 1]))
