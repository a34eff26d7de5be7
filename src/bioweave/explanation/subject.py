"""What is to be explained: a span of a document's words, in the sentence that holds it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate, chain

from bioweave.document import Document, Mention, Sentence, Word, WordSpan
from bioweave.errors import InputError, OffsetError, Place
from bioweave.explanation.preparations import Preparations
from bioweave.text import segment
from bioweave.text.snapping import word_spans

# No sentence of real text has as many words: what does is a table or a text without full stops.
MOST_WORDS = 128


@dataclass(frozen=True, slots=True)
class Subject:
    """Words `word_start:word_end` of a document, with their sentence.

    `sentence` and `players`, the part of it whose words are weighed, are ranges among `words`, all
    of the document's. `preparations` are the document as taggers read it, shared by all its
    subjects.
    """

    document: Document
    words: tuple[Word, ...]
    sentence: range
    players: range
    word_start: int
    word_end: int
    n_sentences: int
    preparations: Preparations = field(repr=False, compare=False)

    @property
    def start(self) -> int:
        """Where the span begins, in characters of the document."""
        return self.words[self.word_start].start

    @property
    def end(self) -> int:
        """Where the span ends, in characters of the document."""
        return self.words[self.word_end - 1].end

    @property
    def text(self) -> str:
        """The span's text."""
        return self.document.text[self.start : self.end]

    def labelled(self, label: str) -> WordSpan:
        """The span as a mention of a label."""
        return WordSpan(self.word_start, self.word_end, label)

    def word(self, place: int) -> str:
        """The text of a word."""
        return self.document.text[slice(*self.words[place])]


class Sentences:
    """The sentences of one document, in which spans are looked up.

    Raises InputError for a document without words.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self._sentences = segment(document.text, document.passages)
        if not self._sentences:
            raise InputError(
                "there is nothing to explain in a document without words",
                Place(document=document.id),
            )
        self._words = tuple(chain.from_iterable(one.words for one in self._sentences))
        self._preparations = Preparations(document)

    def subject(self, start: int, end: int, *, is_found: bool = False) -> Subject:
        """The words that the characters `start:end` touch.

        Raises OffsetError for characters outside the text, without a word, or of two sentences. A
        mention that a tagger found may run across sentences all the same: to it, they are one.
        """
        text, place = self.document.text, Place(document=self.document.id, offset=start)
        if not 0 <= start < end <= len(text):
            raise OffsetError(
                f"the span {start}:{end} is empty or lies outside the text, which has "
                f"{len(text)} characters; spans count characters from 0 and leave out their end",
                place,
            )
        spans, _ = word_spans([Mention(start, end, text[start:end], "")], self._words)
        if not spans:
            raise OffsetError(f"no word stands at {start}:{end}, only spaces", place)
        first, last = spans[0].word_start, spans[0].word_end
        edges = list(accumulate((len(one.words) for one in self._sentences), initial=0))
        one, other = (bisect_right(edges, word) - 1 for word in (first, last - 1))
        if one != other and not is_found:
            raise OffsetError(
                f"the span {start}:{end} runs across the end of a sentence, "
                f"{_tail(text, self._sentences[one])!r}: a mention lies in one; give a part of it",
                place,
            )
        whole = range(edges[one], edges[other + 1])
        return Subject(
            document=self.document,
            words=self._words,
            sentence=whole,
            players=_around(whole, first, last),
            word_start=first,
            word_end=last,
            n_sentences=len(self._sentences),
            preparations=self._preparations,
        )


def hidden_words(subject: Subject, wanted: str) -> list[int]:
    """The places of every occurrence of some words among those that are weighed.

    Case makes no difference. Raises InputError where they do not stand there.
    """
    texts = [subject.word(place).casefold() for place in subject.players]
    parts = _words_of(wanted)
    found = [
        subject.players.start + first + step
        for first in range(len(texts) - len(parts) + 1)
        if parts and texts[first : first + len(parts)] == parts
        for step in range(len(parts))
    ]
    if not found:
        shown = " ".join(subject.word(place) for place in subject.players[:12])
        raise InputError(
            f"{wanted!r} is not among the words of the sentence, which begins {shown!r}",
            Place(document=subject.document.id),
        )
    return sorted(set(found))


def _words_of(wanted: str) -> list[str]:
    return [wanted[slice(*word)].casefold() for one in segment(wanted) for word in one.words]


def _around(sentence: range, first: int, last: int) -> range:
    """The whole sentence, or as many words around the span as are weighed at most."""
    if len(sentence) <= MOST_WORDS:
        return sentence
    start = max(sentence.start, min((first + last - MOST_WORDS) // 2, sentence.stop - MOST_WORDS))
    start = min(start, first)
    return range(start, max(start + MOST_WORDS, last))


def _tail(text: str, sentence: Sentence, n_characters: int = 20) -> str:
    return text[max(sentence.start, sentence.end - n_characters) : sentence.end]
