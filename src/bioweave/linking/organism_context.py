"""Which organism's gene a mention means, as far as its document tells."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from bioweave.document import Document, Mention, Span
from bioweave.linking.organism_words import (
    HUMAN,
    ORGANISMS,
    TAXON_PREFIX,
    Cue,
    OrganismWords,
    species,
)
from bioweave.text import segment

SPECIES = "Species"  # the label
_TITLE = "title"  # the kind of a passage
_TITLE_COUNTS = 3  # a place in it counts as much as so many elsewhere
_EDGES = "- \u2010\u2011\u2012\u2013"
_NO_WORDS_BETWEEN = re.compile(rf"[{_EDGES}\s]*")

_HOSTS = frozenset(one.taxon for one in ORGANISMS if one.is_host)
_BY_LETTERS = {letters: one.taxon for one in ORGANISMS for letters in one.letters}
_LETTERS = re.compile(
    rf"(?P<letters>{'|'.join(sorted(_BY_LETTERS, key=len, reverse=True))})-?(?P<symbol>[A-Z]\w.*)",
    re.DOTALL,
)


class Ground(StrEnum):
    """What an organism was told by, the surest first."""

    MENTION = "mention"  # its own words or letters, or the word before: mouse Trp53, hTERT
    SENTENCE = "sentence"  # the nearest place that names an organism
    DOCUMENT = "document"  # the organism named most often
    DEFAULT = "default"  # nothing names one: taken to be human


@dataclass(frozen=True, slots=True)
class Decision:
    """An organism by NCBI's number, and what it was told by."""

    taxon: str
    ground: Ground


class GeneName(NamedTuple):
    """What to look a gene up by: its name, and its long form, without what says the organism."""

    text: str
    long_form: str | None
    organism: Decision


class OrganismContext:
    """The organisms that one document speaks of.

    `is_gene` says whether a text is a gene's name as it stands: mTOR is one, so that its letter
    speaks of no mouse.
    """

    def __init__(
        self, document: Document, words: OrganismWords, is_gene: Callable[[str], bool]
    ) -> None:
        self._document = document
        self._words = words
        self._is_gene = is_gene
        self._split_already: dict[str, tuple[str, str | None]] = {}

    def read(self, mention: Mention, long_form: str | None = None) -> GeneName:
        """The mention's name, and its organism: by the mention, sentence, document, or human."""
        text, own = self._split(mention.text)
        long, of_long = self._split(long_form) if long_form else (None, None)
        before = self._word_before(mention)
        taxon = own or of_long or (before.taxon if before else None)
        if taxon is not None:
            return GeneName(text, long, Decision(taxon, Ground.MENTION))
        near = self._nearest(mention)
        if near is not None:
            return GeneName(text, long, Decision(near.taxon, Ground.SENTENCE))
        if self._commonest is not None:
            return GeneName(text, long, Decision(self._commonest, Ground.DOCUMENT))
        return GeneName(text, long, Decision(HUMAN, Ground.DEFAULT))

    def _split(self, text: str) -> tuple[str, str | None]:
        """A name without what says its organism, and that organism; as it is if nothing does."""
        if text not in self._split_already:
            self._split_already[text] = self._split_anew(text)
        return self._split_already[text]

    def _split_anew(self, text: str) -> tuple[str, str | None]:
        if self._is_gene(text):
            return text, None
        letters = _LETTERS.fullmatch(text)
        if letters is not None and self._is_gene(letters["symbol"]):
            return letters["symbol"], _BY_LETTERS[letters["letters"]]
        for cue in self._words.find(text):
            rest = f"{text[: cue.start].rstrip(_EDGES)} {text[cue.end :].lstrip(_EDGES)}".strip()
            if rest:
                return rest, cue.taxon
        return text, None

    def _word_before(self, mention: Mention) -> Cue | None:
        place = bisect_right(self._cues, mention.start, key=lambda cue: cue.end)
        if not place:
            return None
        cue = self._cues[place - 1]
        between = self._document.text[cue.end : mention.start]
        return cue if _NO_WORDS_BETWEEN.fullmatch(between) else None

    def _nearest(self, mention: Mention) -> Cue | None:
        """Of equally near ones the first."""
        if not self._homes:
            return None
        place = bisect_right(self._sentences, mention.start, key=lambda one: one.start) - 1
        sentence = self._sentences[place] if place >= 0 else Span(0, len(self._document.text))
        inside = [cue for cue in self._homes if sentence.overlaps((cue.start, cue.end))]
        return min(inside, key=lambda cue: _distance(cue, mention), default=None)

    @cached_property
    def _cues(self) -> list[Cue]:
        """Where organisms are named: by mentions of species, and by words elsewhere."""
        mentioned = list(self._mentioned())
        covered = [Span(cue.start, cue.end) for cue in mentioned]
        by_words = [
            cue
            for cue in self._words.find(self._document.text)
            if not any(span.overlaps((cue.start, cue.end)) for span in covered)
        ]
        return sorted([*mentioned, *by_words])

    @cached_property
    def _homes(self) -> list[Cue]:
        """Those whose own genes a text is likely to mean."""
        return [cue for cue in self._cues if cue.taxon not in _HOSTS]

    def _mentioned(self) -> Iterator[Cue]:
        for mention in self._document.mentions:
            if mention.label != SPECIES:
                continue
            ids = [one.id for one in mention.concepts if one.id.startswith(TAXON_PREFIX)]
            given = species(ids[0].removeprefix(TAXON_PREFIX)) if ids else None
            taxon = given or self._words.taxon_of(mention.text)
            if taxon is not None and taxon in self._words.taxa:
                yield Cue(mention.start, mention.end, taxon)

    @cached_property
    def _sentences(self) -> list[Span]:
        document = self._document
        return [Span(one.start, one.end) for one in segment(document.text, document.passages)]

    @cached_property
    def _commonest(self) -> str | None:
        """The organism named most often, the title's places counting more; of equals the first."""
        titles = [one for one in self._document.passages if one.kind == _TITLE]
        counts: Counter[str] = Counter()
        for cue in self._homes:
            is_in_title = any(one.start <= cue.start and cue.end <= one.end for one in titles)
            counts[cue.taxon] += _TITLE_COUNTS if is_in_title else 1
        return counts.most_common(1)[0][0] if counts else None


def _distance(cue: Cue, mention: Mention) -> int:
    """Characters between the two; 0 where they touch or overlap."""
    return max(cue.start - mention.end, mention.start - cue.end, 0)
