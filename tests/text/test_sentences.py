import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.document import Passage
from bioweave.text import segment, split_words
from bioweave.text.sentences import MAX_WORDS

# The troublemakers, one between two bars.
WEIRD = st.sampled_from(
    (
        '\u2028|\u2029|\x00|\r\n|\n\n|\x85|😀|e\u0301|\u200d|א|\ud800|. |A. |? |"|(a) |1. |'
        "The end. Now |) |[|E. coli |0. 5 "
    ).split("|")
)
texts = st.lists(WEIRD | st.text(max_size=5)).map("".join)


@st.composite
def texts_with_passages(draw):
    text = draw(texts)
    edges = draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6).map(sorted))
    passages = [Passage(a, b, "part") for a, b in zip(edges[::2], edges[1::2], strict=False)]
    return text, passages


def spelled(text, passages=()):
    return [text[sentence.start : sentence.end] for sentence in segment(text, passages)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["E. coli and S. aureus grew.", "The M. leprae strain did not."],
        ["Levels fell (P = 0. 05; see Fig. 2).", "p53 was not changed."],
        ["It was seen by Doe et al. in 3.5% of cases.", "However, it is rare."],
        ["We cite it (Doe, J., Roe, R., 2008. Some title. Some Journal 4).", "It helped."],
        ["The open one (is never closed.", "It goes on.", "So does this."],
        ["After 24 h. it was over, i.e. gone.", "No more came."],
        ["Dr. Doe gave 5 mg i.v. to J. R. Roe vs. none.", "Both slept."],
        ["The kinase (IL-2) was (a) lost, (b) found.", "It was 5' to the gene."],
        ["Is it so?", "It is!", "We saw it."],
    ],
)
def test_sentences_of_biomedical_prose(sentences):
    assert spelled(" ".join(sentences)) == sentences


@pytest.mark.parametrize("gap", ["\n\n", "\r\n\r\n", "\n \t\n", "\r\r", "\f", "\u2029"])
def test_a_paragraph_break_ends_a_sentence_without_a_stop(gap):
    assert spelled(f"a title without stop{gap}a text in lower case") == [
        "a title without stop",
        "a text in lower case",
    ]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_single_line_end_does_not(line_end):
    assert len(segment(f"a sentence that is{line_end}wrapped here")) == 1


def test_no_sentence_crosses_a_passage_edge_even_inside_a_word():
    text = "aspirinhelps a lot"
    assert spelled(text, [Passage(0, 7, "title"), Passage(7, 18, "abstract")]) == [
        "aspirin",
        "helps a lot",
    ]


def test_a_sentence_without_end_is_split_at_word_edges():
    text = "word " * (3 * MAX_WORDS + 1)
    lengths = [len(sentence.words) for sentence in segment(text)]
    assert lengths == [MAX_WORDS, MAX_WORDS, MAX_WORDS, 1]


def test_a_quarter_of_a_megabyte_on_one_line_keeps_all_its_words():
    text = "the (unclosed 'prime and 1. item of E. coli " * 6_000
    sentences = segment(text)
    assert [word for sentence in sentences for word in sentence.words] == split_words(text)
    assert max(len(sentence.words) for sentence in sentences) <= MAX_WORDS


@pytest.mark.parametrize("text", ["", " ", "\n\n \u3000"])
def test_nothing_visible_has_no_sentences(text):
    assert segment(text) == ()


@given(texts_with_passages())
def test_every_visible_character_is_in_one_word_of_one_sentence(case):
    text, passages = case
    sentences = segment(text, passages)
    words = [word for sentence in sentences for word in sentence.words]
    covered = [at for start, end in words for at in range(start, end)]
    assert covered == [at for at, character in enumerate(text) if not character.isspace()]
    for sentence in sentences:
        assert (sentence.start, sentence.end) == (sentence.words[0].start, sentence.words[-1].end)
        for passage in passages:
            for edge in (passage.start, passage.end):
                assert not sentence.start < edge < sentence.end


@given(texts_with_passages())
def test_a_passage_is_segmented_as_if_it_were_alone(case):
    text, passages = case
    sentences = segment(text, passages)
    for passage in passages:
        inside = [
            [(start - passage.start, end - passage.start) for start, end in sentence.words]
            for sentence in sentences
            if passage.start <= sentence.start < passage.end
        ]
        alone = segment(text[passage.start : passage.end])
        assert inside == [[tuple(word) for word in sentence.words] for sentence in alone]
