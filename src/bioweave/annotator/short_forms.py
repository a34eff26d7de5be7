"""What a document says of its short forms, held against what the tagger says of each place.

A tagger sees a window at a time: where a short form stands far from its definition it has little
to go by. The document has more: what the long form was found to be, and what the tagger said of
the same letters elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bioweave.bundle import ScoredSpan, ShortFormRules
from bioweave.document import Word
from bioweave.text import split_words
from bioweave.text.short_forms import ShortForm, definitions, governing, looks_short

# How many of the mentions that a rule adds are right, on the dev splits of ncbi-disease and bc5cdr.
_SURE_OF_SPREAD = 0.8
_SURE_OF_AGREEMENT = 0.6

Places = list[tuple[int, int]]


def settle_short_forms(
    spans: Sequence[ScoredSpan], words: Sequence[Word], text: str, rules: ShortFormRules
) -> list[ScoredSpan]:
    """The spans, with those of short forms added or taken away as the rules say.

    What is added never overlaps a span that was found. Its confidence is that of the surest span
    that speaks for it, times the share of such additions that were right on dev.
    """
    found = _Found(spans, words, text)
    dropped: set[ScoredSpan] = set()
    added: list[ScoredSpan] = []
    meanings = found.meanings() if rules.spread or rules.needs_long_form else {}
    same = found.short_looking() if rules.agree else {}
    places = _places(meanings.keys() | same.keys(), words, text)
    for short, defined in meanings.items():
        for meaning, own_places in _shared_out(defined, places.get(short, ()), words):
            if meaning.span is None:
                dropped |= {
                    span
                    for place in own_places
                    for span in found.at(place)
                    if span.label in rules.needs_long_form
                }
            elif rules.spread:
                added += found.fill(own_places, meaning.span, _SURE_OF_SPREAD)
    for short, own in same.items():
        free = [place for place in places.get(short, ()) if found.is_free(place)]
        standing = [span for span in own if span not in dropped]
        if len(standing) > len(free):
            surest = max(standing, key=lambda span: span.confidence)
            added += found.fill(free, surest, _SURE_OF_AGREEMENT)
    return [*(span for span in spans if span not in dropped), *added]


class _Meaning(NamedTuple):
    """Where in the text a short form is defined, and the surest span of its long form, or None."""

    start: int
    span: ScoredSpan | None


class _Found:
    """The spans that were found, by where they stand and by what they say."""

    def __init__(self, spans: Sequence[ScoredSpan], words: Sequence[Word], text: str) -> None:
        self._text = text
        self._words = words
        self._by_end: dict[int, list[ScoredSpan]] = defaultdict(list)
        self._by_text: dict[str, list[ScoredSpan]] = defaultdict(list)
        self._taken: set[int] = set()
        for span in spans:
            self._by_end[words[span.word_end - 1].end].append(span)
            self._by_text[self._text_of(span)].append(span)
            self._taken.update(range(span.word_start, span.word_end))

    def meanings(self) -> dict[str, list[_Meaning]]:
        """What each short form means that is defined, definition by definition."""
        meanings = {}
        for short, own in definitions(self._text).items():
            surest: dict[ShortForm, ScoredSpan | None] = {}
            for form, first in own:
                # What is spelled out again has one meaning, which may be found in one place alone.
                found = (*self._spelling_out(form), surest.get(first))
                speaking = [span for span in found if span is not None]
                surest[first] = max(speaking, key=lambda span: span.confidence, default=None)
            meanings[short] = [_Meaning(form.short.start, surest[first]) for form, first in own]
        return meanings

    def _spelling_out(self, form: ShortForm) -> list[ScoredSpan]:
        # A mention may leave out the long form's first words, but not most of it.
        middle = (form.long.start + form.long.end) / 2
        there = [
            span
            for span in self._by_end.get(form.long.end, ())
            if self._words[span.word_start].start <= middle
        ]
        return there + self._by_text.get(self._text[slice(*form.long)], [])

    def short_looking(self) -> dict[str, list[ScoredSpan]]:
        """The spans that look like short forms, by their text; each text under one label."""
        return {
            text: spans
            for text, spans in self._by_text.items()
            if looks_short(text) and len({span.label for span in spans}) == 1
        }

    def at(self, place: tuple[int, int]) -> Iterator[ScoredSpan]:
        """The spans that stand exactly there."""
        start, end = place
        for span in self._by_end.get(self._words[end - 1].end, ()):
            if span.word_start == start:
                yield span

    def is_free(self, place: tuple[int, int]) -> bool:
        """Whether no span touches these words."""
        return self._taken.isdisjoint(range(*place))

    def fill(self, places: Places, like: ScoredSpan, sure: float) -> Iterator[ScoredSpan]:
        """A span in each of the places that is free, and from now on is not."""
        for place in places:
            if self.is_free(place):
                self._taken.update(range(*place))
                yield like._replace(
                    word_start=place[0], word_end=place[1], confidence=sure * like.confidence
                )

    def _text_of(self, span: ScoredSpan) -> str:
        return self._text[self._words[span.word_start].start : self._words[span.word_end - 1].end]


def _shared_out(
    meanings: Sequence[_Meaning], places: Iterable[tuple[int, int]], words: Sequence[Word]
) -> Iterator[tuple[_Meaning, Places]]:
    """Each meaning with the places where it holds: up to the next one, the first from the start."""
    starts = [meaning.start for meaning in meanings]
    own: list[Places] = [[] for _ in meanings]
    for place in places:
        own[governing(starts, words[place[0]].start)].append(place)
    return zip(meanings, own, strict=True)


def _places(short_forms: set[str], words: Sequence[Word], text: str) -> Mapping[str, Places]:
    """Where each stands in the text as words of its own, not behind a hyphen: word ranges."""
    by_first: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for short in short_forms:
        parts = split_words(short)
        by_first[short[slice(*parts[0])]].append((short, len(parts)))
    places: dict[str, Places] = defaultdict(list)
    if not by_first:
        return places
    for position, (start, end) in enumerate(words):
        for short, n_words in by_first.get(text[start:end], ()):
            last = position + n_words
            if last > len(words) or text[start : words[last - 1].end] != short:
                continue
            if text[max(start - 1, 0) : start] != "-":
                places[short].append((position, last))
    return places
