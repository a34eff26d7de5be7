"""Names that may stand in a mention's place: a corpus's own, a file's, or a terminology's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Protocol

import numpy as np

from bioweave.document import Document
from bioweave.errors import ConfigurationError
from bioweave.lexicon import Lexicon

# How often a name is drawn again before a label is taken to have none that is wanted.
_DRAWS = 20


class NameSource(Protocol):
    """Gives names by label."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that it has a name of, sorted."""

    def draw(self, label: str, chance: Random) -> str:
        """A name of one of its labels; spaces in it are single, and none is at its ends."""


class NameList:
    """Names in memory; one that is listed twice is drawn twice as often."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        single = {label: [" ".join(name.split()) for name in some] for label, some in names.items()}
        self._names = {label: sorted(filter(None, some)) for label, some in single.items()}
        self.labels = tuple(sorted(label for label, some in self._names.items() if some))

    def draw(self, label: str, chance: Random) -> str:
        """One of the label's names."""
        return chance.choice(self._names[label])


class LexiconNames:
    """A compiled lexicon's names: a concept at random, and one of its names at random.

    Left out are names turned round, "Fever, Tolic" for instance: no author writes them.
    """

    def __init__(self, lexicon: Lexicon, labels: Iterable[str]) -> None:
        self._lexicon = lexicon
        self._concepts = {
            label: np.flatnonzero(lexicon.concept_labels == lexicon.labels.index(label))
            for label in labels
            if label in lexicon.labels
        }
        self.labels = tuple(sorted(label for label, some in self._concepts.items() if len(some)))
        self._names = cache(self._usable)

    def draw(self, label: str, chance: Random) -> str:
        """One of the label's names; the preferred one where only turned ones were met."""
        concepts = self._concepts[label]
        drawn = [int(concepts[chance.randrange(len(concepts))]) for _ in range(_DRAWS)]
        for concept in drawn:
            if names := self._names(concept):
                return chance.choice(names)
        return " ".join(self._lexicon.concept_name(drawn[0]).split())

    def _usable(self, concept: int) -> list[str]:
        names = (" ".join(name.text.split()) for name in self._lexicon.concept(concept).names)
        return [name for name in names if name and ", " not in name]


class ManySources:
    """Several sources as one: for each label the first that has names of it."""

    def __init__(self, sources: Iterable[NameSource]) -> None:
        self._by_label: dict[str, NameSource] = {}
        for source in sources:
            for label in source.labels:
                self._by_label.setdefault(label, source)
        self.labels = tuple(sorted(self._by_label))

    def draw(self, label: str, chance: Random) -> str:
        """A name from the first source that has the label."""
        return self._by_label[label].draw(label, chance)


def names_in(documents: Iterable[Document]) -> NameList:
    """The documents' own mentions, as often as they stand there; none that has gaps."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for document in documents:
        for mention in document.mentions:
            if not mention.is_discontinuous:
                names[mention.label].append(mention.text)
    return NameList(names)


def read_names(files: Mapping[str, Path]) -> NameList:
    """The names in text files, one a line, a file for each label.

    Raises ConfigurationError for a file that cannot be read or has no name.
    """
    names = {}
    for label, path in files.items():
        try:
            names[label] = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"names of {label!r}: {error}") from error
        if not any(map(str.strip, names[label])):
            raise ConfigurationError(f"names of {label!r}: {path} has none; expected one a line")
    return NameList(names)


def draw_other(names: NameSource, label: str, besides: Iterable[str], chance: Random) -> str | None:
    """A name of the label that is none of `besides`; None where it has no other, or hardly one."""
    if label not in names.labels:
        return None
    unwanted = set(besides)
    drawn = (names.draw(label, chance) for _ in range(_DRAWS))
    return next((name for name in drawn if name not in unwanted), None)
