"""Oracle: scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from bioweave.document import TagSet
from bioweave.scoring import Score, score_tokens
from bioweave.scoring.tokens import B_TAG, I_TAG, O_TAG

NAMES = {O_TAG: "O", B_TAG: "B", I_TAG: "I"}


def tag_pairs(max_labels):
    shapes = st.tuples(st.integers(1, 30), st.integers(1, max_labels))
    tags = st.integers(0, 2)
    return shapes.flatmap(
        lambda shape: st.tuples(
            hnp.arrays(np.int8, shape, elements=tags), hnp.arrays(np.int8, shape, elements=tags)
        )
    )


def test_tags_are_numbered_as_tag_sets_number_them():
    assert TagSet(("Disease",)).names == tuple(
        "O" if NAMES[tag] == "O" else f"{NAMES[tag]}-Disease" for tag in range(3)
    )


@given(tag_pairs(max_labels=1))
def test_one_label_agrees_with_scikit_learn(pair):
    gold, predicted = pair
    report = score_tokens(gold, predicted)
    gold_names, predicted_names = ([NAMES[tag] for tag in tags.ravel()] for tags in pair)
    scores = precision_recall_fscore_support(
        gold_names, predicted_names, labels=["B", "I", "O"], zero_division=0
    )
    for name, *expected in zip(("B", "I", "O"), *scores, strict=True):
        assert report.classes[name] == pytest.approx(expected)
    for average in ("macro", "weighted"):
        *expected, _ = precision_recall_fscore_support(
            gold_names, predicted_names, labels=["B", "I", "O"], average=average, zero_division=0
        )
        assert getattr(report, average)[:3] == pytest.approx(expected)
    assert report.accuracy == pytest.approx(accuracy_score(gold_names, predicted_names))
    assert report.macro.support == report.weighted.support == len(gold)


@given(st.data(), st.integers(1, 30))
def test_labels_that_never_meet_pool_as_one_sequence_of_tags(data, n_words):
    names = TagSet(("Chemical", "Disease")).names
    sequence = st.lists(st.sampled_from(names), min_size=n_words, max_size=n_words)
    gold, predicted = data.draw(sequence), data.draw(sequence)
    report = score_tokens(per_label(gold), per_label(predicted))
    for name in "BI":
        *expected, _ = precision_recall_fscore_support(
            gold,
            predicted,
            labels=[f"{name}-Chemical", f"{name}-Disease"],
            average="micro",
            zero_division=0,
        )
        assert report.classes[name][:3] == pytest.approx(expected)
        assert report.classes[name].support == sum(tag[0] == name for tag in gold)
    outside = precision_recall_fscore_support(gold, predicted, labels=["O"], zero_division=0)
    assert report.classes["O"] == pytest.approx([float(part[0]) for part in outside])
    assert report.accuracy == pytest.approx(accuracy_score(gold, predicted))


def per_label(tags):
    columns = [
        [{"B": B_TAG, "I": I_TAG}[tag[0]] if tag[2:] == label else O_TAG for tag in tags]
        for label in ("Chemical", "Disease")
    ]
    return np.array(columns, dtype=np.int8).T


@given(tag_pairs(max_labels=3))
def test_scores_are_in_bounds_symmetric_and_perfect_on_gold(pair):
    gold, predicted = pair
    forth, back = score_tokens(gold, predicted), score_tokens(predicted, gold)
    for name in "BIO":
        assert forth.classes[name].precision == back.classes[name].recall
        assert all(0 <= part <= 1 for part in forth.classes[name][:3])
    assert forth.accuracy == back.accuracy
    perfect = score_tokens(gold, gold)
    assert perfect.accuracy == 1
    assert all(score.f1 == (score.support > 0) for score in perfect.classes.values())
    assert perfect.weighted.f1 == 1


def test_a_word_of_two_labels_is_two_bs_and_no_o():
    gold = np.array([[B_TAG, B_TAG], [O_TAG, I_TAG], [O_TAG, O_TAG]])
    predicted = np.array([[B_TAG, O_TAG], [O_TAG, I_TAG], [O_TAG, O_TAG]])
    report = score_tokens(gold, predicted)
    assert report.classes["B"] == Score(1.0, 0.5, 2 / 3, 2)
    assert report.classes["I"] == report.classes["O"] == Score(1.0, 1.0, 1.0, 1)
    assert report.accuracy == 2 / 3


def test_no_words_score_zero():
    empty = np.zeros((0, 2), dtype=np.int8)
    assert score_tokens(empty, empty).accuracy == 0
    assert score_tokens(empty, empty).weighted == Score(0, 0, 0, 0)


def test_tags_of_different_shapes_are_refused():
    with pytest.raises(ValueError, match=r"\(3, 1\).*\(2, 1\)"):
        score_tokens(np.zeros((3, 1), dtype=np.int8), np.zeros((2, 1), dtype=np.int8))
