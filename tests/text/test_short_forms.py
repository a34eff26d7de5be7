import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.text.short_forms import defined_short_forms, find_short_forms, looks_short


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
    ],
)
def test_definitions_are_found(text, expected):
    assert defined_short_forms(text) == expected


@given(st.text("ABab (),;-1", max_size=40))
def test_a_definition_stands_in_the_text(text):
    for short, long in defined_short_forms(text).items():
        assert short in text
        assert long in text
        assert len(long) > len(short)


@given(st.text("ABab (),;-1", max_size=40))
def test_offsets_are_those_of_the_text(text):
    for one in find_short_forms(text):
        assert one.long.end <= one.short.start
        # Nothing but blanks and the bracket between the two.
        assert text[one.long.end : one.short.start].strip() in {"(", "["}
        assert text[one.long.start - 1 : one.long.start].strip().isalnum() is False


def test_a_long_form_far_into_a_text_is_where_it_says():
    text = "Nothing much happened for a while. " * 12 + "Then acute velmar syndrome (AVS) came."
    (one,) = find_short_forms(text)
    assert text[slice(*one.long)] == "acute velmar syndrome"
    assert text[slice(*one.short)] == "AVS"
