import re
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bioweave.document import Word
from bioweave.text import split_words, words

# The troublemakers, one between two bars.
WEIRD = st.sampled_from(
    (
        "\u0301|\u0345|\u05b8|\u093e|\u200d|\u200b|\u00ad|\ufeff|\ufe0f|\U0001f3fd|\U0001f1e6|"
        "\U0001f1fa|👩|😀|ﬁ|½|漢|ש|م|β|_|\x00|\r\n|\u2028|\u2029|\x85|\u3000|\ud800|IL-2|5′| |."
    ).split("|")
)
texts = st.lists(WEIRD | st.characters() | st.text("aB1 -.")).map("".join)


def spelled(text):
    return [text[start:end] for start, end in split_words(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IL-2", ["IL", "-", "2"]),
        ("5-HT2A", ["5", "-", "HT2A"]),
        ("p53-/- mice", ["p53", "-", "/", "-", "mice"]),
        ("TGF-β1/α", ["TGF", "-", "β1", "/", "α"]),
        ("5′-UTR (3'')", ["5", "′", "-", "UTR", "(", "3", "'", "'", ")"]),
        ("Ca(2+)", ["Ca", "(", "2", "+", ")"]),
        ("rs_12 0.5%", ["rs", "_", "12", "0", ".", "5", "%"]),
        ("µM ﬁbrosis Å", ["µM", "ﬁbrosis", "Å"]),
        ("", []),
        (" \t\r\n\u3000\u2028", []),
        ("a\x00b", ["a", "\x00", "b"]),
        ("癌症 x", ["癌", "症", "x"]),
    ],
)
def test_biomedical_tokens_come_apart_at_punctuation(text, expected):
    assert spelled(text) == expected


@pytest.mark.parametrize(
    "word",
    [
        "cafe\u0301ine",
        "e\u0323\u0301",
        "हिन्दी",
        "שָׁלוֹם",
        "gluco\u00adse",
        "می\u200cخواهم",
        "=\u0338",
        "❤\ufe0f",
        "1\ufe0f\u20e3",
        "👍🏽",
        "👩🏽\u200d🔬",
        "👨\u200d👩\u200d👧\u200d👦",
        "🇪🇺",
        "🏴\U000e0067\U000e0062\U000e007f",
    ],
)
def test_what_a_reader_sees_as_one_character_or_word_stays_whole(word):
    assert spelled(f"a {word}, b") == ["a", word, ",", "b"]


def test_invisible_characters_at_an_edge_are_no_part_of_the_word():
    assert spelled("\ufeffaspirin\u200d") == ["\ufeff", "aspirin", "\u200d"]
    assert spelled("dose\u200bdose") == ["dose", "\u200b", "dose"]


def test_two_flags_in_a_row_are_two_words():
    assert spelled("🇪🇺🇫🇷🇩") == ["🇪🇺", "🇫🇷", "🇩"]


def test_words_are_words_and_carry_the_offset():
    assert split_words("IL-2", offset=10) == [Word(10, 12), Word(12, 13), Word(13, 14)]
    assert all(type(word) is Word for word in split_words("IL-2"))


@given(texts)
def test_every_visible_character_is_in_exactly_one_word_and_no_space_is(text):
    covered = [at for start, end in split_words(text) for at in range(start, end)]
    assert covered == [at for at, character in enumerate(text) if not character.isspace()]


@given(texts)
@example("🇪🇺\u0301")
def test_no_word_starts_with_a_mark_unless_nothing_stands_before_it(text):
    for start, _ in split_words(text):
        if unicodedata.category(text[start])[0] == "M":
            assert start == 0 or text[start - 1].isspace()


@given(texts, st.integers(1, 1000))
def test_an_offset_only_shifts(text, offset):
    shifted = [Word(start + offset, end + offset) for start, end in split_words(text)]
    assert split_words(text, offset) == shifted


@given(texts)
def test_a_stretch_of_text_has_the_words_it_has_alone(text):
    middle = len(text) // 2
    inside = list(words.find_words(text, middle, len(text)))
    assert inside == split_words(text[middle:], offset=middle)


@given(st.text(st.characters(max_codepoint=127, exclude_characters="_")))
def test_ascii_splits_as_the_usual_pattern_does(text):
    assert spelled(text) == re.findall(r"\w+|[^\w\s]", text)


def test_every_combining_mark_of_unicode_is_known():
    marks = [
        character
        for character in map(chr, range(0x300, sys.maxunicode + 1))
        if unicodedata.category(character)[0] == "M"
    ]
    assert re.fullmatch(f"[{words._combining_marks()}]+", "".join(marks))
    assert not re.search(f"[{words._combining_marks()}]", "a1β漢😀\u200d\u00ad(-/")
