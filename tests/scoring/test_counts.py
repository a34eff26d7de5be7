from hypothesis import given
from hypothesis import strategies as st

from bioweave.scoring import Counts, Score

whole = st.integers(0, 10_000)


def test_nothing_gold_and_nothing_predicted_scores_zero_with_support_zero():
    assert Counts(0, 0, 0).score() == Score(0.0, 0.0, 0.0, 0)


def test_nothing_predicted_has_precision_zero():
    assert Counts(0, 0, 4).score() == Score(0.0, 0.0, 0.0, 4)


@given(whole, whole, whole)
def test_scores_are_fractions_and_f1_is_the_harmonic_mean(hits, wrong, missed):
    score = Counts(hits, wrong, missed).score()
    assert all(0 <= part <= 1 for part in score[:3])
    assert min(score[:2]) - 1e-12 <= score.f1 <= max(score[:2]) + 1e-12
    if hits:
        harmonic = 2 * score.precision * score.recall / (score.precision + score.recall)
        assert abs(score.f1 - harmonic) < 1e-12


@given(whole, whole, whole)
def test_swapping_the_sides_swaps_precision_and_recall(hits, wrong, missed):
    one, other = Counts(hits, wrong, missed).score(), Counts(hits, missed, wrong).score()
    assert (one.precision, one.recall, one.f1) == (other.recall, other.precision, other.f1)
