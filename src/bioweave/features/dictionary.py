"""Dictionary hits: which words belong to a known name, as numbers that a tagger reads.

`NameDictionary` compares words and no more; `lexicon_dictionary` fits whole terminologies, with
variants and spelling, into the same slot.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from bioweave.document import WordSpan
from bioweave.errors import BundleError
from bioweave.text import split_words

COLUMNS_PER_LABEL = 2  # a name begins here; a name goes on here


class DictionaryMatcher(Protocol):
    """Finds known names among words."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels whose names it knows."""
        ...

    def find(self, words: Sequence[str]) -> Iterable[WordSpan]:
        """The names in one sentence's words; those of one label do not overlap."""
        ...

    def save(self, folder: Path) -> None:
        """Write what it needs to be loaded again."""
        ...


def hit_features(
    spans: Iterable[WordSpan], labels: Sequence[str], n_words: int
) -> npt.NDArray[np.float32]:
    """[n_words, 2 * labels]: for each label in turn 1 where a name begins, 1 where it goes on.

    >>> hit_features([WordSpan(1, 3, "Disease")], ["Disease"], n_words=3).tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    """
    hits = np.zeros((n_words, COLUMNS_PER_LABEL * len(labels)), dtype=np.float32)
    columns = {label: COLUMNS_PER_LABEL * place for place, label in enumerate(labels)}
    for start, end, label in spans:
        if label in columns:
            hits[start, columns[label]] = 1
            hits[start + 1 : end, columns[label] + 1] = 1
    return hits


class _Name(NamedTuple):
    label: str
    words: tuple[str, ...]


class NameDictionary:
    """Finds names word by word, case aside, the longest first, from left to right.

    >>> names = NameDictionary({"Disease": ["breast cancer"], "Gene": ["IL-2"]})
    >>> names.find(["Il", "-", "2", "in", "breast", "cancer"])
    [WordSpan(word_start=4, word_end=6, label='Disease'), \
WordSpan(word_start=0, word_end=3, label='Gene')]
    """

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        self._names = {label: tuple(of_label) for label, of_label in names.items()}

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels whose names it knows."""
        return tuple(self._names)

    def find(self, words: Sequence[str]) -> list[WordSpan]:
        """The names among one sentence's words, by label and then from left to right."""
        folded = [word.casefold() for word in words]
        return [span for label in self.labels for span in self._find(label, folded)]

    def save(self, folder: Path) -> None:
        """Write `dictionary.json`: names by label."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "dictionary.json").write_text(json.dumps(self._names), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> NameDictionary:
        """What `save` wrote; BundleError where it is damaged."""
        path = folder / "dictionary.json"
        try:
            names = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise BundleError(f"{path}: no readable dictionary: {error}") from error
        if not isinstance(names, dict) or not all(isinstance(n, list) for n in names.values()):
            raise BundleError(f"{path}: a dictionary is a JSON object of lists of names by label")
        return cls(names)

    def _find(self, label: str, folded: Sequence[str]) -> Iterator[WordSpan]:
        start = 0
        while start < len(folded):
            longest = self._longest.get((label, folded[start]), 0)
            for end in range(min(start + longest, len(folded)), start, -1):
                if _Name(label, tuple(folded[start:end])) in self._split:
                    yield WordSpan(start, end, label)
                    start = end
                    break
            else:
                start += 1

    @cached_property
    def _split(self) -> frozenset[_Name]:
        return frozenset(
            _Name(label, tuple(name[start:end].casefold() for start, end in split_words(name)))
            for label, names in self._names.items()
            for name in names
        )

    @cached_property
    def _longest(self) -> dict[tuple[str, str], int]:
        """By label and first word, how many words the longest name has."""
        lengths: dict[tuple[str, str], int] = {}
        for label, words in self._split:
            if words:
                key = (label, words[0])
                lengths[key] = max(lengths.get(key, 0), len(words))
        return lengths
