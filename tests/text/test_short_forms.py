import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.text.short_forms import (
    LongForms,
    defined_short_forms,
    find_short_forms,
    looks_short,
)


@pytest.mark.parametrize("text", ["AVS", "AVSs", "ZRK1", "IL-61", "5-HT", "RNAse2A"[:4]])
def test_short_forms_look_short(text):
    assert looks_short(text)


@pytest.mark.parametrize(
    "text", ["Gout", "A", "severe AVS", "p53", "QUELLEMIA-ASSOCIATED", "", "s"]
)
def test_words_do_not(text):
    assert not looks_short(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("velmar syndrome (VS)", {"VS": "velmar syndrome"}),
        ("the acute velmar-like syndrome (AVLS).", {"AVLS": "acute velmar-like syndrome"}),
        ("interleukin-61 [IL-61]", {"IL-61": "interleukin-61"}),
        ("quellemia of the torvus (QT; rare)", {"QT": "quellemia of the torvus"}),
        ("seen in two (n = 2), then (see below)", {}),
        ("AVS (AVS)", {}),
        ("(AVS) is all there is", {}),
        ("no letters in common (XYZ)", {}),
        # The long form behind.
        ("AVS (acute velmar syndrome) hurts", {"AVS": "acute velmar syndrome"}),
        ("(AVSs [acute velmar syndromes])", {"AVSs": "acute velmar syndromes"}),
        ("in AVS (Acute Velmar Syndrome; rare)", {"AVS": "Acute Velmar Syndrome"}),
        ("MPVP (1-methyl-2,3-provelpine, once)", {"MPVP": "1-methyl-2,3-provelpine"}),
        ("6-HVA (6-hydroxyvelpamine)", {"6-HVA": "6-hydroxyvelpamine"}),
    ],
)
def test_definitions_are_found(text, expected):
    assert defined_short_forms(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "AVS (a very severe one)",  # the last letter is not in the last word
        "AVS (and velmar syndrome)",  # a remark
        "AVS (severe acute velmar syndrome)",  # begins otherwise
        "AVS (AVS-like stupor)",  # says nothing of it
        "QT (QTX-unlike)",
        "Gout (good output)",  # does not look short
        "AVS (n = 12 subjects)",
        "AVS (XYZ)",
        "AVS - (acute velmar syndrome)",
        "AV (acute illness without any of the velmar)",  # too many words
    ],
)
def test_what_brackets_hold_otherwise_is_no_long_form(text):
    assert defined_short_forms(text) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Before the first, the first.
        ("VS. VS (velmar syndrome), VS.", "velmar velmar velmar"),
        ("VS. Vagal stupor (VS), VS. VS (velmar syndrome).", "Vagal Vagal Vagal velmar"),
        ("Velmar syndrome (VS). Vagal stupor (VS). VS (velmar syndrome).", "Velmar Vagal Velmar"),
        # The same words, but for their spelling.
        ("Velmar syndrome (VS). Velmar-syndromes (VS), VS.", "Velmar Velmar Velmar"),
        # A use in brackets, and no other definition.
        ("Velmar syndrome (VS). Others (vans) of Sora (VS), VS.", "Velmar Velmar Velmar"),
    ],
)
def test_each_place_has_the_definition_before_it(text, expected):
    long_forms = LongForms(text)
    found = [long_forms.at("VS", place.start()) for place in re.finditer("VS", text)]
    assert [long.split()[0] for long in found] == expected.split()
    assert long_forms.at("XY", 0) is None


PIECES = st.sampled_from(["ABs", "AB", "(AB)", "(a b)", "alba", "(alba bas;", "x)", "A-B", "1,"])


@given(st.text("ABab (),;-1", max_size=40) | st.lists(PIECES, max_size=8).map(" ".join))
def test_a_definition_stands_in_the_text(text):
    for short, long in defined_short_forms(text).items():
        assert short in text
        assert long in text
        assert len(long) > len(short)


@given(st.text("ABab (),;-1", max_size=40) | st.lists(PIECES, max_size=8).map(" ".join))
def test_offsets_are_those_of_the_text(text):
    for one in find_short_forms(text):
        first, second = sorted((one.long, one.short))
        # Nothing but blanks and the bracket between the two.
        assert text[first.end : second.start].strip() in {"(", "["}
        assert text[one.long.start - 1 : one.long.start].strip().isalnum() is False
        for span in (one.long, one.short):
            assert text[slice(*span)] == text[slice(*span)].strip() != ""


def test_a_long_form_far_into_a_text_is_where_it_says():
    text = "Nothing much happened for a while. " * 12 + "Then acute velmar syndrome (AVS) came."
    (one,) = find_short_forms(text)
    assert text[slice(*one.long)] == "acute velmar syndrome"
    assert text[slice(*one.short)] == "AVS"
