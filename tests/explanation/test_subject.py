"""What a span means: whole words of one sentence, or a clear error."""

from __future__ import annotations

import pytest

from bioweave.document import Document
from bioweave.errors import InputError, OffsetError
from bioweave.explanation.subject import MOST_WORDS, Sentences, hidden_words

TEXT = "She had velmar syndrome. It was mild, and velmar-like."


def test_a_span_is_widened_to_whole_words_of_its_sentence() -> None:
    subject = Sentences(Document("d", TEXT)).subject(10, 18)
    assert (subject.start, subject.end, subject.text) == (8, 23, "velmar syndrome")
    assert [subject.word(place) for place in subject.sentence] == [
        "She",
        "had",
        "velmar",
        "syndrome",
        ".",
    ]
    assert subject.labelled("Disease") == (2, 4, "Disease")


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (0, 99, r"d', offset 0: the span 0:99 is empty or lies outside the text, which has 54"),
        (5, 5, r"offset 5: the span 5:5 is empty"),
        (9, 3, r"offset 9: the span 9:3 is empty"),
        (24, 25, r"no word stands at 24:25, only spaces"),
        (14, 30, r"the span 14:30 runs across the end of a sentence, 'had velmar syndrome.'"),
    ],
)
def test_a_span_without_words_of_one_sentence_is_an_error(
    start: int, end: int, message: str
) -> None:
    with pytest.raises(OffsetError, match=message):
        Sentences(Document("d", TEXT)).subject(start, end)


def test_a_mention_that_was_found_across_sentences_has_both() -> None:
    subject = Sentences(Document("d", TEXT)).subject(14, 30, is_found=True)
    assert subject.sentence == range(0, len(subject.words))


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_nothing_to_explain(text: str) -> None:
    with pytest.raises(InputError, match="document 'd': there is nothing to explain"):
        Sentences(Document("d", text))


@pytest.mark.parametrize("place", [0, 7, 150, 299])
def test_of_a_very_long_sentence_the_words_around_the_span_are_weighed(place: int) -> None:
    document = Document("d", " ".join(["mid"] * 300))
    subject = Sentences(document).subject(4 * place, 4 * place + 3)
    assert len(subject.sentence) == 300
    assert len(subject.players) == MOST_WORDS
    assert subject.word_start == place in subject.players
    assert subject.sentence.start <= subject.players.start
    assert subject.players.stop <= subject.sentence.stop


def test_words_are_hidden_wherever_they_stand_whatever_their_case() -> None:
    subject = Sentences(Document("d", TEXT)).subject(32, 36)

    def told(wanted: str) -> list[str]:
        return [subject.word(place) for place in hidden_words(subject, wanted)]

    assert told("AND VELMAR") == ["and", "velmar"]
    assert told("velmar-like") == ["velmar", "-", "like"]
    for absent in ("syndrome", "", "mild and"):
        with pytest.raises(InputError, match=r"is not among the words of the sentence, which beg"):
            hidden_words(subject, absent)
