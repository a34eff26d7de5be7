"""Names of a lexicon in running text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from daachorse import CharwiseDoubleArrayAhoCorasick

from bioweave.errors import LexiconError
from bioweave.lexicon.coding import Vocabulary
from bioweave.lexicon.encoding import EncodedText, Places, TextEncoder
from bioweave.lexicon.everyday import HELD_BACK, Caution, is_own_case
from bioweave.lexicon.lexicon import Lexicon, Numbers


class LexiconMatch(NamedTuple):
    """A name found: `text[start:end]`, in code points; what it may mean is `term`'s business.

    `term` is a number for `Matcher.concepts`. The label is that of all its concepts: a name with
    concepts of two labels is found once for each.
    """

    start: int
    end: int
    label: str
    term: int


_as_match = partial(tuple.__new__, LexiconMatch)  # twice as fast as LexiconMatch(...)


class Matcher:
    """Finds a lexicon's names in text, whole words only; safe to share between threads.

    Case, plural, hyphens and spaces, Greek letters, spelling and accents are folded as `normalise`
    does, and a name never runs across the end of a clause that it does not have itself. Short
    names, such as gene symbols, must stand in the text in their own case, and everyday words are
    held back unless `held_back` asks for them, too; single characters and lone numbers always are.

        matcher = Matcher(Lexicon.open("mesh.lexicon"))
        for match in matcher.find("Anaemia after 5-fluoro-uracil."):
            print(match.start, match.end, match.label, matcher.concepts(match))
    """

    def __init__(self, lexicon: Lexicon, *, held_back: bool = False) -> None:
        sections = lexicon.sections
        sections.verify("automaton", "vocabulary")
        self.lexicon = lexicon
        self._with_held_back = held_back
        try:
            self._automaton = CharwiseDoubleArrayAhoCorasick.deserialize(
                bytes(sections.raw("automaton"))
            )
        except ValueError as error:
            raise LexiconError(
                f"{lexicon.path}: the automaton is of another version of daachorse ({error}); "
                "build the lexicon anew with `bioweave lexicon build`"
            ) from error
        self._encoder = TextEncoder(Vocabulary.read(sections.raw("vocabulary")))
        self._wanted_terms = _WantedTerms(lexicon, Caution.NONE if held_back else HELD_BACK)
        self._term_labels: npt.NDArray[np.uint8] = sections.array("term.label")
        self._term_offsets: Numbers = sections.array("term.name_offsets")
        self._term_names: Numbers = sections.array("term.names")
        self._own_cases = _OwnCases(self._name_texts)

    def __reduce__(self) -> tuple[object, ...]:
        return partial(Matcher, held_back=self._with_held_back), (self.lexicon,)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels whose names it knows."""
        return self.lexicon.labels

    def find(
        self,
        text: str,
        labels: Collection[str] | None = None,
        overlaps: Literal["longest", "all"] = "longest",
    ) -> list[LexiconMatch]:
        """The names in a text, by start, then longest first, then label.

        `longest` takes, for each label by itself, the leftmost and there the longest name, so that
        no two matches of one label overlap; `all` takes every name at every place.
        """
        encoded = self._encoder.encode(text)
        found = list(self._find(encoded, text))
        if labels is not None:
            found = [match for match in found if match.label in labels]
        if encoded.has_repeats:
            found = list(set(found))
        found.sort(key=_order)
        return found if overlaps == "all" else list(_longest(found))

    def names(self, match: LexiconMatch) -> Numbers:
        """The numbers of the names, of concepts of the match's label, that may be meant."""
        return self._names_of(match.term)

    def concepts(self, match: LexiconMatch) -> Numbers:
        """The numbers of the concepts, of the match's label, that have this name; ascending."""
        return np.unique(self.lexicon.name_concepts[self._names_of(match.term)])

    def describe(self, term: int) -> tuple[str, str]:
        """The key and the label of a match's term."""
        name = self._names_of(term)[0]
        key = self.lexicon.keys[int(self.lexicon.name_keys[name])]
        return key, self.labels[self._term_labels[term]]

    def _names_of(self, term: int) -> Numbers:
        return self._term_names[self._term_offsets[term] : self._term_offsets[term + 1]]

    def _name_texts(self, term: int) -> list[str]:
        return [self.lexicon.name_texts[name] for name in self._names_of(term).tolist()]

    def _find(self, encoded: EncodedText, text: str) -> Iterator[LexiconMatch]:
        """All names, in no order, whatever they overlap."""
        places = Places(encoded)
        wanted_terms, own_cases = self._wanted_terms, self._own_cases
        for code_start, code_end, pattern in self._automaton.find_overlapping(
            "".join(encoded.codes)
        ):
            terms = wanted_terms[pattern]
            if not terms:
                continue
            start, end = places.start(code_start), places.end(code_end - 1)
            if start < 0 or end < 0:
                continue
            for term, label, is_case_bound in terms:
                if not is_case_bound or own_cases[term, text[start:end]]:
                    yield _as_match((start, end, label, term))


class _WantedTerms(dict[int, tuple[tuple[int, str, bool], ...]]):
    """By pattern, its terms that are not held back: number, label, whether bound to its case."""

    def __init__(self, lexicon: Lexicon, unwanted: Caution) -> None:
        super().__init__()
        sections = lexicon.sections
        self._unwanted = unwanted
        self._label_names = lexicon.labels
        self._pattern_terms: Numbers = sections.array("pattern.terms")
        self._labels: npt.NDArray[np.uint8] = sections.array("term.label")
        self._cautions: npt.NDArray[np.uint8] = sections.array("term.caution")

    def __missing__(self, pattern: int) -> tuple[tuple[int, str, bool], ...]:
        first, last = self._pattern_terms[pattern : pattern + 2].tolist()
        self[pattern] = terms = tuple(
            (first + place, self._label_names[label], bool(caution & Caution.CASE))
            for place, (label, caution) in enumerate(
                zip(
                    self._labels[first:last].tolist(),
                    self._cautions[first:last].tolist(),
                    strict=True,
                )
            )
            if not caution & self._unwanted
        )
        return terms


class _OwnCases(dict[tuple[int, str], bool]):
    """Whether a stretch of text spells one of a term's names in its own case, kept once told.

    It forgets everything when it has grown too large.
    """

    def __init__(self, names: Callable[[int], Iterable[str]], most: int = 1 << 16) -> None:
        super().__init__()
        self._names = names
        self._most = most

    def __missing__(self, place: tuple[int, str]) -> bool:
        term, found = place
        answer = any(is_own_case(found, name) for name in self._names(term))
        if len(self) >= self._most:
            self.clear()
        self[place] = answer
        return answer


def _order(match: LexiconMatch) -> tuple[int, int, str, int]:
    return match.start, -match.end, match.label, match.term


def _longest(matches: Iterable[LexiconMatch]) -> Iterator[LexiconMatch]:
    """Of matches in order, for each label the first, and none that overlaps one before it."""
    ends: dict[str, int] = {}
    for match in matches:
        if match.start >= ends.get(match.label, 0):
            ends[match.label] = match.end
            yield match
