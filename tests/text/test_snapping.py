from hypothesis import given
from hypothesis import strategies as st

from bioweave.document import Mention, Span, WordSpan
from bioweave.text import split_words, word_spans


def mention(text, start, end, **more):
    return Mention(start, end, text[start:end], "Gene", **more)


def test_an_aligned_mention_becomes_its_words():
    text = "the IL-2 gene"
    assert word_spans([mention(text, 4, 8)], split_words(text)) == ([WordSpan(1, 4, "Gene")], [])


def test_a_mention_that_ends_inside_a_word_grows_and_is_reported():
    text = "both KITD816V genes"
    inside = mention(text, 5, 8)
    assert word_spans([inside], split_words(text)) == ([WordSpan(1, 2, "Gene")], [inside])


def test_spaces_at_an_edge_are_reported_and_not_covered():
    text = "the IL gene"
    padded = mention(text, 3, 7)
    assert word_spans([padded], split_words(text)) == ([WordSpan(1, 2, "Gene")], [padded])


def test_a_mention_that_touches_no_word_has_no_span():
    text = "a   b"
    empty = mention(text, 2, 3)
    assert word_spans([empty], split_words(text)) == ([], [empty])


def test_a_mention_with_a_gap_counts_as_its_extent():
    text = "breast and ovarian cancer"
    gapped = mention(text, 0, 25, fragments=(Span(0, 6), Span(19, 25)))
    assert word_spans([gapped], split_words(text)) == ([WordSpan(0, 4, "Gene")], [])


def test_order_is_kept_and_words_may_start_anywhere():
    text = "a b c"
    words = split_words(text)[1:]
    spans, changed = word_spans([mention(text, 4, 5), mention(text, 2, 3)], words)
    assert (spans, changed) == ([WordSpan(1, 2, "Gene"), WordSpan(0, 1, "Gene")], [])


@given(st.text("ab1 -"), st.data())
def test_spans_hold_exactly_the_words_that_share_a_character(text, data):
    words = split_words(text)
    start = data.draw(st.integers(0, max(0, len(text) - 1)))
    end = data.draw(st.integers(start + 1, max(start + 1, len(text))))
    spans, changed = word_spans([mention(text, start, end)], words)
    touched = [at for at, word in enumerate(words) if word.start < end and start < word.end]
    assert [at for span in spans for at in range(span.word_start, span.word_end)] == touched
    edges = (words[touched[0]].start, words[touched[-1]].end) if touched else None
    assert bool(changed) == (edges != (start, end))
