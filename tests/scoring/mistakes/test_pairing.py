"""Misses and false alarms in pairs: none is lost, none counts twice."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.document import Document, Mention, Span
from bioweave.scoring import find_mistakes, score_mentions, sort_mistakes, tally

LABELS = ("Disease", "Chemical")
TEXT = "Zinc and (IL-2) eased severe velmar syndrome or gout in AVS"


def mention(start, end, label="Disease", text=TEXT, fragments=()):
    return Mention(start, end, text[start:end], label, fragments=fragments)


def document(*mentions, text=TEXT):
    return Document("d", text, mentions)


def spans(mistake):
    return tuple(
        None if each is None else (each.start, each.end, each.label)
        for each in (mistake.gold, mistake.predicted)
    )


def found(gold, predicted, labels=LABELS):
    return [spans(one) for one in find_mistakes([document(*gold)], [document(*predicted)], labels)]


def test_what_is_right_is_no_mistake():
    assert found([mention(0, 4, "Chemical")], [mention(0, 4, "Chemical")]) == []


def test_a_miss_and_a_false_alarm_apart_are_two_mistakes_in_the_order_of_the_text():
    assert found([mention(30, 36)], [mention(0, 4)]) == [
        (None, (0, 4, "Disease")),
        ((30, 36, "Disease"), None),
    ]


def test_a_miss_and_a_false_alarm_that_overlap_are_one():
    assert found([mention(22, 45)], [mention(29, 45)]) == [
        ((22, 45, "Disease"), (29, 45, "Disease"))
    ]


def test_touching_is_no_overlap():
    assert len(found([mention(0, 4)], [mention(4, 8)])) == 2


def test_one_label_goes_before_one_place():
    gold = [mention(29, 45)]
    predicted = [mention(29, 45, "Chemical"), mention(36, 45)]
    assert found(gold, predicted) == [
        ((29, 45, "Disease"), (36, 45, "Disease")),
        (None, (29, 45, "Chemical")),
    ]


def test_of_several_the_one_that_shares_most_is_taken_and_the_rest_stand_alone():
    assert found([mention(22, 45)], [mention(22, 28), mention(29, 45)]) == [
        (None, (22, 28, "Disease")),
        ((22, 45, "Disease"), (29, 45, "Disease")),
    ]


def test_labels_that_are_not_scored_count_for_nothing():
    assert found([mention(0, 4, "Gene")], [mention(9, 13, "Gene")]) == []


def test_what_lies_in_a_gap_is_no_overlap():
    gap = mention(22, 45, fragments=(Span(22, 28), Span(36, 45)))
    assert len(found([gap], [mention(29, 35)])) == 2


def test_documents_must_be_the_same_in_the_same_order():
    with pytest.raises(ValueError, match="1 gold documents against 0"):
        find_mistakes([document()], [], LABELS)


@st.composite
def mentions(draw):
    start = draw(st.integers(0, len(TEXT) - 1))
    end = draw(st.integers(start + 1, min(len(TEXT), start + 12)))
    fragments = ()
    if end - start >= 3 and draw(st.integers(0, 5)) == 0:
        fragments = (Span(start, start + 1), Span(end - 1, end))
    return mention(start, end, draw(st.sampled_from((*LABELS, "Gene"))), fragments=fragments)


sides = st.lists(st.lists(mentions(), max_size=6), min_size=3, max_size=3)


@given(sides, sides, st.lists(st.lists(mentions(), max_size=4), max_size=2))
def test_each_miss_and_each_false_alarm_has_one_kind(gold, predicted, training):
    """Against the scorer's own counts, and against sets of what is missing on either side."""
    left = [document(*one) for one in gold]
    right = [document(*one) for one in predicted]
    mistakes = sort_mistakes(left, right, LABELS, training=[document(*one) for one in training])
    counted = [Counter(), Counter()]
    for one in mistakes:
        for counter, own in zip(counted, (one.mistake.gold, one.mistake.predicted), strict=True):
            if own is not None:
                counter[one.mistake.document, own.label, own.span, own.fragments] += 1
    assert set(counted[0].values()) | set(counted[1].values()) <= {1}
    strict = score_mentions(left, right, LABELS).strict.by_document.sum(axis=0)
    assert (counted[1].total(), counted[0].total()) == (strict[1], strict[2])
    keys = [
        {
            (place, own.label, own.span, own.fragments)
            for place, one in enumerate(side)
            for own in one
            if own.label in LABELS
        }
        for side in (gold, predicted)
    ]
    assert set(counted[0]) == keys[0] - keys[1]
    assert set(counted[1]) == keys[1] - keys[0]
    for one in mistakes:
        if one.mistake.gold is not None and one.mistake.predicted is not None:
            assert one.mistake.gold.span.overlaps(one.mistake.predicted.span)
        assert one.kind not in one.tags
    tallies = tally(mistakes, int(strict[0]))
    assert sum(one.n_mistakes for one in tallies) == len(mistakes)
    assert sum(one.n_misses for one in tallies) == strict[2]
    assert sum(one.n_false_alarms for one in tallies) == strict[1]
    assert sum(one.share for one in tallies) == pytest.approx(1 if mistakes else 0)
    assert all(0 <= one.f1_gain <= 1 for one in tallies)
