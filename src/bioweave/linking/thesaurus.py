"""The names that a linker knows for one label: those it learned, and those of a lexicon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

from bioweave.lexicon import Lexicon
from bioweave.lexicon.candidates import CandidateIndex
from bioweave.lexicon.labels import label_of_names
from bioweave.lexicon.likeness import LikeKeys
from bioweave.linking.learned import Ids, LabelNames
from bioweave.linking.meanings import Vector, WordMeanings

# How many words, ids or keys have what is known of them kept.
_REMEMBERED = 50_000

# Kinds of names, from the one that says most. A learned name comes from annotators.
PREFERRED, SYNONYM, OTHER, LEARNED = 3, 2, 1, 0
_RANKS = {"preferred": PREFERRED, "synonym": SYNONYM}

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Sense(NamedTuple):
    """What a name may stand for: concepts (several for a composite), and the name's kind."""

    ids: Ids
    kind: int


@dataclass(frozen=True, slots=True)
class Similar:
    """A known name that looks like what was looked for, by the cosine of their n-grams."""

    key: str
    cosine: float
    senses: tuple[Sense, ...]


class About(NamedTuple):
    """What is known of a concept apart from its names.

    `trees` are its tree numbers, empty where the lexicon tells none; `n_learned` is how often
    annotators gave the concept to anything.
    """

    in_lexicon: bool
    trees: tuple[str, ...]
    n_learned: int


class Thesaurus:
    """All names of one label, looked up by key or by likeness.

    Ids are canonical: where the lexicon knows two ids for one concept, such as a retired one, the
    concept goes by the lexicon's own.
    """

    def __init__(
        self,
        label: str,
        learned: LabelNames,
        lexicon: LexiconNames | None,
        meanings: WordMeanings | None = None,
    ) -> None:
        self.label = label
        self._word_meanings = meanings
        self._meanings: dict[str, Vector] = {}
        self._lexicon = lexicon
        self._learned = learned
        self._weights: dict[str, float] = {}
        self._known_concepts: dict[str, About] = {}
        self._own_counts: dict[str, Mapping[Ids, int]] = {}

    def canonical(self, id_: str) -> str:
        """The id that the concept goes by."""
        return self._lexicon.canonical(id_) if self._lexicon else id_

    def learned(self, key: str) -> Mapping[Ids, int]:
        """How often annotators gave the key which concepts."""
        given = self._learned.counts(key)
        if not given:
            return {}
        if (known := self._own_counts.get(key)) is not None:
            return known
        counts: dict[Ids, int] = {}
        for ids, n in given.items():
            own = tuple(dict.fromkeys(map(self.canonical, ids)))
            counts[own] = counts.get(own, 0) + n
        self._own_counts[key] = counts  # no more of them than were learned
        return counts

    def about(self, id_: str) -> About:
        """What is known of the concept with this id."""
        if (known := self._known_concepts.get(id_)) is None:
            in_lexicon = self._lexicon is not None and self._lexicon.name(id_) is not None
            trees = self._lexicon.trees(id_) if self._lexicon else ()
            known = About(in_lexicon, trees, self._concept_counts.get(id_, 0))
            _remember(self._known_concepts, id_, known)
        return known

    @cached_property
    def _concept_counts(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for id_, n in self._learned.concepts.items():
            own = self.canonical(id_)
            counts[own] = counts.get(own, 0) + n
        return counts

    def known(self, key: str) -> tuple[Similar, ...]:
        """The key itself as a name, in the lexicon and as it was learned; nothing if it is none."""
        senses = self._lexicon.senses(key) if self._lexicon else ()
        learned = tuple(Sense(ids, LEARNED) for ids in self.learned(key))
        return tuple(Similar(key, 1.0, own) for own in (senses, learned) if own)

    def similar(self, key: str, n: int) -> Iterator[Similar]:
        """The `n` lexicon names and the `n` learned ones that look most like the key."""
        if self._lexicon:
            yield from self._lexicon.similar(key, n)
        for found in self._learned_index.search(key, n):
            name = self._learned_keys[found.key]
            yield Similar(
                name, found.cosine, tuple(Sense(ids, LEARNED) for ids in self.learned(name))
            )

    def name(self, id_: str) -> str | None:
        """The concept's preferred name, or else the text it was met in most often."""
        name = self._lexicon.name(id_) if self._lexicon else None
        return name if name is not None else self._learned.texts.get(id_)

    def weight_of_word(self, word: str) -> float:
        """How telling a word is among the names of this label."""
        if (weight := self._weights.get(word)) is None:
            index = self._lexicon.index if self._lexicon else self._learned_index
            weight = index.weight_of_word(word)
            _remember(self._weights, word, weight)
        return weight

    def likeness_in_meaning(self, key: str, other: str) -> float:
        """The cosine of two names' meanings, -1 to 1; 0 where nothing is known of either."""
        words = self._word_meanings
        return float(self._meaning(key, words) @ self._meaning(other, words)) if words else 0.0

    def _meaning(self, key: str, words: WordMeanings) -> Vector:
        if (meaning := self._meanings.get(key)) is None:
            meaning = words.of(key, self.weight_of_word)
            _remember(self._meanings, key, meaning)
        return meaning

    @cached_property
    def _learned_keys(self) -> tuple[str, ...]:
        return tuple(sorted(self._learned.by_key))

    @cached_property
    def _learned_index(self) -> CandidateIndex:
        return CandidateIndex.build(self._learned_keys)


class LexiconNames:
    """A lexicon's names of one label, with the index that finds them by likeness."""

    def __init__(self, lexicon: Lexicon, label: str) -> None:
        self._lexicon = lexicon
        self._name = label
        self._label = lexicon.labels.index(label)
        self._senses: dict[int, tuple[Sense, ...]] = {}

    @classmethod
    def of(cls, lexicon: Lexicon | None, label: str) -> LexiconNames | None:
        """Those for a label, or for any where the lexicon does not tell; None where it has none."""
        known = label_of_names(label, lexicon.labels) if lexicon else None
        return cls(lexicon, known) if lexicon and known else None

    def canonical(self, id_: str) -> str:
        """The lexicon's own id of the concept with this id, or the id itself."""
        return self._lexicon.canonical_id(id_)

    def name(self, id_: str) -> str | None:
        """The preferred name; None where the lexicon lacks the concept."""
        index = self._lexicon.index_of(id_)
        return None if index is None else self._lexicon.concept_name(index)

    def trees(self, id_: str) -> tuple[str, ...]:
        """The tree numbers."""
        index = self._lexicon.index_of(id_)
        codes = self._lexicon.properties(index).get("codes") if index is not None else None
        return tuple(codes.split("|")) if codes else ()

    def senses(self, key: str) -> tuple[Sense, ...]:
        """The concepts of the label that have the name, each with its best kind."""
        number = self._lexicon.key_index(key)
        return () if number is None else self._senses_of(number)

    def similar(self, key: str, n: int) -> Iterator[Similar]:
        """The `n` names that look most like the key."""
        for number, cosine in self.index.search(key, n):
            yield Similar(self._lexicon.keys[number], cosine, self._senses_of(number))

    @cached_property
    def index(self) -> LikeKeys:
        """The n-grams of the label's keys."""
        return LikeKeys(self._lexicon, self._name)

    def _senses_of(self, key: int) -> tuple[Sense, ...]:
        if (senses := self._senses.get(key)) is not None:
            return senses
        lexicon = self._lexicon
        best: dict[int, int] = {}
        for name in lexicon.key_names(key).tolist():
            concept = int(lexicon.name_concepts[name])
            if lexicon.concept_labels[concept] == self._label:
                kind = _RANKS.get(lexicon.kinds[lexicon.name_kinds[name]], OTHER)
                best[concept] = max(best.get(concept, 0), kind)
        senses = tuple(
            Sense((lexicon.concept_id(concept),), kind) for concept, kind in sorted(best.items())
        )
        _remember(self._senses, key, senses)
        return senses


def _remember(known: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    """Keep a value; threads may do so at once, since what they keep is the same."""
    if len(known) >= _REMEMBERED:
        known.clear()
    known[key] = value
