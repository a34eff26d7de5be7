import pytest

from bioweave.text.repairs import is_end, sure_ends


def at(marked):
    """`left|right` -> the text and the offset of the bar."""
    left, right = marked.split("|")
    return left + right, len(left)


@pytest.mark.parametrize(
    "marked",
    [
        "a mixed culture with anti-M. |tarda sera",  # genus by its initial
        "the growth of Vib. |lenta in broth",
        "found in Nostoc sp. |strain XYZ12",
        "found in Nostoc sp. |XYZ12 only",
        "at P = 0. |05 or less",  # decimals spaced out
        "at P <. |01 or less",
        "mapped to 4q13. |2 in both",
        "seen until Nov. |30 of that year",
        "given 10 mg. |kg-1 daily",
        "binds to Abc1.|GTP in vitro",  # no space at all
        "took it (5 mg i.p.)|, then slept",
        "as said before. |, and again",
        "what are the effects? |and which are new",
        "the range was 3 to 4. |% of all",
    ],
)
def test_no_sentence_starts_here(marked):
    assert not is_end(*at(marked))


@pytest.mark.parametrize(
    "marked",
    [
        "It was given to rats. |The dose was low",
        "It was given to rats. |p53 was not",
        "in the whole family. |c-Jun was lost",
        "in the rat (Fig. 2). |p53 was lost",
        "seen by all groups. |we then left",  # a slip of the writer's, after an ordinary word
        "We found Nostoc sp. |Those cells grew",
        "as in the rat (Fig. 2). |(This is not new)",
        "It took 24 h. |However, it worked",
        "- one item\n|- another item",
    ],
)
def test_a_sentence_starts_here(marked):
    assert is_end(*at(marked))


@pytest.mark.parametrize(
    "marked",
    [
        "the treatment. |Those",
        "for 24 h. |However",
        "of 5.5 mg. |However",
        "(n = 3). |However",
        "was 12%. |However",
        "in 1999. |However",
        'as "given to everyone." |However',
    ],
)
def test_the_form_alone_shows_an_end(marked):
    text, offset = at(marked)
    assert list(sure_ends(text)) == [offset]


@pytest.mark.parametrize("text", ["by J. Doe", "Dr. Doe", "type I. Then", "vs. Those", "no end"])
def test_an_abbreviation_is_no_sure_end(text):
    assert list(sure_ends(text)) == []
