"""What the annotators did where the same words stand elsewhere.

A question is a stretch of words and what the model did with it: which of its words it marked with
a label, or that it marked none. Every other occurrence of the words sides with the model or
against it. Words are compared without regard to case and hyphens; capitals of words of up to four
letters count, since `ALL` is not `all`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bioweave.document import Document, Word
from bioweave.text import split_words

Forms = tuple[str, ...]

_HYPHENS = frozenset("-\u2010\u2011\u2012\u2013")
_LONGEST_CAPITALS = 4


class Question(NamedTuple):
    """Words, and the part of them (word offsets, half-open) that the model gave the label.

    `marked` is None where the model marked none of them so.
    """

    forms: Forms
    label: str
    marked: tuple[int, int] | None


class Precedent(NamedTuple):
    """How many other occurrences side with the model, of how many there are."""

    n_agreeing: int
    n_occurrences: int


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A gold document with its words (hyphens left out) and their forms."""

    document: Document
    words: tuple[Word, ...]
    forms: Forms

    def words_at(self, start: int, end: int) -> tuple[int, int] | None:
        """The words that cover exactly these characters; None where an edge is inside one."""
        first = bisect_left(self.words, (start, start))
        last = bisect_left(self.words, (end, end))
        if first >= last or self.words[first].start != start or self.words[last - 1].end != end:
            return None
        return first, last

    def sides_with(self, question: Question, first: int) -> bool:
        """Whether the annotators did here, from this word on, what the model did."""
        own = [each for each in self.document.mentions if each.label == question.label]
        if question.marked is None:
            start, end = self.words[first].start, self.words[first + len(question.forms) - 1].end
            return not any(each.start < end and start < each.end for each in own)
        start = self.words[first + question.marked[0]].start
        end = self.words[first + question.marked[1] - 1].end
        return any((each.start, each.end) == (start, end) for each in own)


def read_document(document: Document) -> ReadDocument:
    """The document, cut into words."""
    pairs = [
        (word, normal_form(document.text[word.start : word.end]))
        for word in split_words(document.text)
        if document.text[word.start] not in _HYPHENS
    ]
    return ReadDocument(
        document, tuple(word for word, _ in pairs), tuple(form for _, form in pairs)
    )


def normal_form(word: str) -> str:
    """What a word is compared by."""
    short_capitals = len(word) <= _LONGEST_CAPITALS and sum(map(str.isupper, word)) >= 2
    return word if short_capitals else word.casefold()


def normal_forms(text: str) -> Forms:
    """What a mention's text is compared by."""
    words = (text[word.start : word.end] for word in split_words(text))
    return tuple(normal_form(word) for word in words if word[0] not in _HYPHENS)


def precedent_within(read: ReadDocument, question: Question, own_place: int) -> Precedent:
    """What holds at the document's other occurrences of the words."""
    places = [
        place
        for forms, place in _occurrences(read.forms, _by_first([question.forms]))
        if place != own_place
    ]
    return Precedent(sum(read.sides_with(question, place) for place in places), len(places))


def precedents_among(
    documents: Iterable[Document], questions: Iterable[Question]
) -> dict[Question, Precedent]:
    """What holds at all occurrences in these documents, for each question."""
    asked: dict[Forms, list[Question]] = defaultdict(list)
    for question in dict.fromkeys(questions):
        asked[question.forms].append(question)
    wanted = _by_first(asked)
    counts = {question: [0, 0] for group in asked.values() for question in group}
    for document in documents:
        read = read_document(document)
        for forms, place in _occurrences(read.forms, wanted):
            for question in asked[forms]:
                counts[question][0] += read.sides_with(question, place)
                counts[question][1] += 1
    return {question: Precedent(*count) for question, count in counts.items()}


def _by_first(wanted: Iterable[Forms]) -> dict[str, list[Forms]]:
    by_first: dict[str, list[Forms]] = defaultdict(list)
    for forms in wanted:
        by_first[forms[0]].append(forms)
    return by_first


def _occurrences(
    forms: Sequence[str], wanted: dict[str, list[Forms]]
) -> Iterator[tuple[Forms, int]]:
    for place, form in enumerate(forms):
        for each in wanted.get(form, ()):
            if tuple(forms[place : place + len(each)]) == each:
                yield each, place
