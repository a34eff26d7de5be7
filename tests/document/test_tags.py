from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.document import TagScheme, TagSet, WordSpan

LABELS = ("Disease", "Chemical")


@st.composite
def disjoint_spans(draw: st.DrawFn) -> tuple[list[WordSpan], int]:
    n_words = draw(st.integers(1, 12))
    spans, position = [], 0
    while position < n_words:
        length = draw(st.integers(1, n_words - position))
        if draw(st.booleans()):
            label = draw(st.sampled_from(LABELS))
            spans.append(WordSpan(position, position + length, label))
        position += length
    return spans, n_words


@given(disjoint_spans(), st.sampled_from(TagScheme))
def test_decoding_gives_back_what_was_encoded(
    spans_and_size: tuple[list[WordSpan], int], scheme: TagScheme
) -> None:
    spans, n_words = spans_and_size
    tags = TagSet(LABELS, scheme)
    assert tags.decode(tags.encode(spans, n_words)) == spans


@given(disjoint_spans(), st.sampled_from(TagScheme))
def test_encoded_tags_obey_the_scheme(
    spans_and_size: tuple[list[WordSpan], int], scheme: TagScheme
) -> None:
    spans, n_words = spans_and_size
    tags = TagSet(LABELS, scheme)
    encoded = tags.encode(spans, n_words)
    assert tags.may_start[encoded[0]]
    assert tags.may_end[encoded[-1]]
    assert all(tags.may_follow[left, right] for left, right in pairwise(encoded))


@pytest.mark.parametrize("scheme", TagScheme)
def test_allowed_sequences_are_exactly_those_that_survive_a_round_trip(scheme: TagScheme) -> None:
    tags = TagSet(LABELS, scheme)
    for sequence in product(range(len(tags)), repeat=3):
        is_allowed = (
            tags.may_start[sequence[0]]
            and tags.may_end[sequence[-1]]
            and all(tags.may_follow[i, j] for i, j in pairwise(sequence))
        )
        survives = tags.encode(tags.decode(sequence), 3) == list(sequence)
        assert is_allowed == survives, [tags.names[tag] for tag in sequence]


@given(st.lists(st.integers(0, 4), max_size=10))
def test_broken_sequences_are_read_without_losing_a_labelled_word(sequence: list[int]) -> None:
    tags = TagSet(LABELS)
    covered = [
        (word, label) for start, end, label in tags.decode(sequence) for word in range(start, end)
    ]
    expected = [(word, tags.names[tag][2:]) for word, tag in enumerate(sequence) if tag]
    assert covered == expected


def test_the_longest_of_overlapping_spans_wins() -> None:
    tags = TagSet(LABELS)
    spans = [WordSpan(0, 1, "Disease"), WordSpan(0, 3, "Chemical"), WordSpan(2, 4, "Disease")]
    assert tags.decode(tags.encode(spans, 4)) == [WordSpan(0, 3, "Chemical")]


def test_an_unknown_label_and_a_span_outside_are_refused() -> None:
    tags = TagSet(LABELS)
    with pytest.raises(KeyError, match="'Gene' is not among Disease, Chemical"):
        tags.encode([WordSpan(0, 1, "Gene")], 2)
    with pytest.raises(IndexError, match="word span 1:3"):
        tags.encode([WordSpan(1, 3, "Disease")], 2)
