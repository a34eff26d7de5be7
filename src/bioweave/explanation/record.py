"""One record for every method: what was asked, what it is weighed by, and what speaks beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class WordWeight:
    """A word of the document's text and what seeing it does to the probability.

    A positive weight speaks for the mention, a negative one against it, in units of probability.
    """

    start: int
    end: int
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another reading of the words: `start` and `end` in characters, and how probable it is."""

    start: int
    end: int
    text: str
    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class DictionaryHit:
    """A name of a lexicon in the text, and the concepts that have it, the first few of them."""

    start: int
    end: int
    text: str
    label: str
    concepts: tuple[tuple[str, str], ...]  # id and preferred name


@dataclass(frozen=True, slots=True)
class LearnedName:
    """A name from annotated training text that looks like the mention's: `likeness` is 0 to 1."""

    name: str
    concepts: tuple[str, ...]
    times: int
    likeness: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What else speaks for or against the mention.

    `threshold` is the least confidence that the mode asks of it. `confidence` is what `annotate`
    gave the mention, None for one that was not found; it differs from the record's probability
    where a short form or a rule decided. `transition_share` is the probability less what it would
    be if each word's tag followed from the word's own scores alone, without the CRF's ties between
    neighbours. `absence` is the probability that no mention of the label's head touches the words.
    `runner_up` is the likeliest other label of the same words, `instead` are the mentions found
    that overlap them. `learned` are the nearest names that the bundle's linker met in training.
    """

    threshold: float
    confidence: float | None
    transition_share: float
    absence: float
    runner_up: Alternative | None = None
    instead: tuple[Alternative, ...] = ()
    dictionary: tuple[DictionaryHit, ...] = ()
    long_form: str | None = None
    learned: tuple[LearnedName, ...] = ()


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The mention's probability with some words hidden wherever they stand in the sentence."""

    hidden: tuple[str, ...]
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a span is, or is not, a mention of a label.

    `text` is what was weighed, a sentence or a part of it, and begins at character `text_start` of
    the document; `start` and `end` of the span and of its `words` are characters of the document,
    half-open. `probability` is that of exactly this span and label over all taggings, `base` the
    same with every weighed word hidden. `settings` are the method's own, with what is needed to
    repeat it. `notes` say what a reader has to know of this one.
    """

    document: str
    text: str
    text_start: int
    start: int
    end: int
    mention: str
    label: str
    is_found: bool
    probability: float
    base: float
    words: tuple[WordWeight, ...]
    method: str
    seconds: float
    evidence: Evidence
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    without: tuple[WhatIf, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def distance(self) -> float:
        """How far the probability lies above the threshold; negative where it falls short."""
        return self.probability - self.evidence.threshold

    def heaviest(self, n: int | None = None) -> list[WordWeight]:
        """The words by the size of their weight, the heaviest first."""
        return sorted(self.words, key=lambda word: -abs(word.weight))[:n]
