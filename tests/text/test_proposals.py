from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.text import proposals
from bioweave.text.proposals import propose_ends

# The troublemakers, one between two bars.
WEIRD = st.sampled_from(
    (
        '\u2028|\u2029|\x00|\r\n|\x85|😀|e\u0301|\u200d|ﬁ|א|。|\ud800|. |A.|? |"|(a) |1. |’ |'
        "Dr. |i. |[1]|\n* "
    ).split("|")
)
texts = st.lists(WEIRD | st.text(max_size=5)).map("".join)


def proposed(paragraph):
    starts = [0, *propose_ends(paragraph), len(paragraph)]
    return [paragraph[a:b] for a, b in pairwise(starts)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["The dose (5 mg) was low. ", "It rose."],
        ["It had (a) one. ", "Another (b) two."],
        ["The 5' end was cut. ", "The 3' end was not."],
        ["(It was long.) ", "It ended."],
        ['He wrote "it ended." ', "It had."],
        ["Größe und ﬁbrosis β\u2028😀 sind da. ", "So it goes."],
    ],
)
def test_brackets_quotes_and_foreign_characters_hold_no_end_back(sentences):
    assert proposed("".join(sentences)) == sentences


@given(texts)
def test_any_text_passes_and_offsets_ascend_inside_it(text):
    ends = list(propose_ends(text))
    assert ends == sorted(set(ends))
    assert all(0 < end < len(text) for end in ends)


@pytest.mark.parametrize("unit", ["word ", "A short one. ", "' ", "x", "The one. " + "y" * 5000])
def test_sentencex_sees_bounded_chunks_and_few_of_them(unit, monkeypatch):
    lengths = []
    original = proposals.sentencex.get_sentence_boundaries

    def counting(language, chunk):
        lengths.append(len(chunk))
        return original(language, chunk)

    monkeypatch.setattr(proposals.sentencex, "get_sentence_boundaries", counting)
    text = unit * (100_000 // len(unit))
    list(propose_ends(text))
    assert max(lengths) <= 4096
    assert sum(lengths) <= 3 * len(text)


def test_chunks_do_not_change_what_is_found():
    text = "We gave the drug to all mice. They slept for a while, then woke. " * 400
    ends = list(propose_ends(text))
    assert len(ends) == 799
    assert {text[end:].split()[0] for end in ends} == {"We", "They"}
