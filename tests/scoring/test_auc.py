"""Oracles: scikit-learn, and counting every pair."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from bioweave.scoring import roc_auc, score_token_ranking
from bioweave.scoring.tokens import B_TAG, I_TAG, O_TAG

# Few distinct values, so that ties are the rule.
scored = st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=40)


@given(scored)
def test_area_is_the_share_of_pairs_in_order(items):
    positives = [score for is_positive, score in items if is_positive]
    negatives = [score for is_positive, score in items if not is_positive]
    assume(positives and negatives)
    pairs = [(high > low) + (high == low) / 2 for high in positives for low in negatives]
    is_positive, scores = (np.array(column) for column in zip(*items, strict=True))
    area = roc_auc(is_positive, scores.astype(np.float32))
    assert area == pytest.approx(sum(pairs) / len(pairs), abs=1e-15)
    assert area == pytest.approx(roc_auc_score(is_positive, scores), abs=1e-12)
    assert roc_auc(~is_positive, scores) == pytest.approx(1 - area, abs=1e-15)


def test_area_agrees_with_scikit_learn_on_many_words():
    rng = np.random.default_rng(5)
    is_positive = rng.random(200_000) < 0.05
    scores = (rng.normal(size=200_000) + is_positive).astype(np.float32)
    assert roc_auc(is_positive, scores) == pytest.approx(
        roc_auc_score(is_positive, scores), abs=1e-12
    )


@pytest.mark.parametrize("is_positive", [[True, True], [False, False]])
def test_one_sided_gold_has_no_area(is_positive):
    assert roc_auc(np.array(is_positive), np.array([0.1, 0.9])) is None


def test_a_score_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="not a number"):
        roc_auc(np.array([True, False]), np.array([np.nan, 0.1]))


def random_words(n_words, n_labels):
    rng = np.random.default_rng(n_labels)
    probabilities = rng.dirichlet([0.3, 0.3, 1.0], size=(n_words, n_labels)).astype(np.float32)
    gold = rng.choice([B_TAG, I_TAG, O_TAG], p=[0.2, 0.1, 0.7], size=(n_words, n_labels))
    return gold, probabilities


def test_classes_of_one_label_agree_with_scikit_learn():
    gold, probabilities = random_words(500, 1)
    areas = score_token_ranking(gold, probabilities)
    expected = [
        roc_auc_score(gold[:, 0] == tag, probabilities[:, 0, column])
        for column, tag in enumerate((B_TAG, I_TAG, O_TAG))
    ]
    assert areas == pytest.approx((*expected, sum(expected) / 3), abs=1e-12)


def test_several_labels_pool_pairs_for_b_and_words_for_o():
    gold, probabilities = random_words(300, 3)
    tags, columns = gold.ravel(), probabilities.reshape(-1, 3)
    outside = np.prod(probabilities[..., 2].astype(np.float64), axis=1)
    expected = (
        roc_auc_score(tags == B_TAG, columns[:, 0]),
        roc_auc_score(tags == I_TAG, columns[:, 1]),
        roc_auc_score((gold == O_TAG).all(axis=1), outside),
    )
    areas = score_token_ranking(gold, probabilities)
    assert areas[:3] == pytest.approx(expected, abs=1e-12)


def test_a_class_that_gold_lacks_is_left_out_of_the_mean():
    gold = np.array([[B_TAG], [O_TAG], [O_TAG]])
    probabilities = np.array([[[0.9, 0.0, 0.1]], [[0.2, 0.0, 0.8]], [[0.1, 0.4, 0.5]]])
    assert score_token_ranking(gold, probabilities) == (1.0, None, 1.0, 1.0)


def test_probabilities_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="expected"):
        score_token_ranking(np.zeros((4, 2), dtype=np.int8), np.zeros((4, 3)))
