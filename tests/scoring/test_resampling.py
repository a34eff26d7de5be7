"""Oracles: a plain loop over documents, and every possible swap."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bioweave.scoring import (
    Counts,
    bootstrap_difference,
    bootstrap_interval,
    f1_of,
    randomisation_p_value,
    resampling,
)

counts_of = hnp.arrays(
    np.int64, st.tuples(st.integers(1, 12), st.just(3)), elements=st.integers(0, 9)
)


@given(counts_of)
def test_f1_is_that_of_counts(counts):
    expected = [Counts(*row).score().f1 for row in counts.tolist()]
    assert f1_of(counts).tolist() == pytest.approx(expected)


@given(counts_of)
def test_interval_is_ordered_in_bounds_and_reproducible(counts):
    interval = bootstrap_interval(counts, resamples=200, seed=3)
    assert 0 <= interval.low <= interval.high <= 1
    assert interval == bootstrap_interval(counts, resamples=200, seed=3)
    assert interval.resamples == 200


def test_interval_is_what_a_plain_loop_finds():
    counts = np.random.default_rng(1).integers(0, 9, size=(40, 3))
    rng = np.random.default_rng(7)
    scores = []
    for _ in range(500):
        total = np.zeros(3, dtype=np.int64)
        for document in rng.integers(40, size=40):
            total += counts[document]
        scores.append(Counts(*total.tolist()).score().f1)
    low, high = np.percentile(scores, [2.5, 97.5])
    interval = bootstrap_interval(counts, resamples=500, seed=7)
    assert (interval.low, interval.high) == pytest.approx((low, high))


def test_memory_bound_changes_no_result(monkeypatch):
    counts = np.random.default_rng(2).integers(0, 9, size=(33, 3))
    other = np.random.default_rng(3).integers(0, 9, size=(33, 3))
    whole = bootstrap_interval(counts), randomisation_p_value(counts, other, resamples=500)
    monkeypatch.setattr(resampling, "_CHUNK_DRAWS", 100)
    assert whole == (
        bootstrap_interval(counts),
        randomisation_p_value(counts, other, resamples=500),
    )


def test_documents_that_are_all_alike_leave_no_doubt():
    counts = np.tile([3, 1, 1], (50, 1))
    assert bootstrap_interval(counts)[:2] == pytest.approx((0.75, 0.75))


def test_interval_covers_the_true_score_about_as_often_as_it_says():
    rng = np.random.default_rng(11)
    n_covered = 0
    for trial in range(200):
        hits = rng.binomial(8, 0.8, size=60)
        counts = np.stack([hits, 8 - hits, 8 - hits], axis=1)
        low, high, _ = bootstrap_interval(counts, resamples=200, seed=trial)
        n_covered += low <= 0.8 <= high
    assert 178 <= n_covered <= 200  # 95% of 200, give or take three standard deviations


def test_difference_interval_pairs_the_documents():
    rng = np.random.default_rng(4)
    first = rng.integers(0, 9, size=(80, 3))
    worse = first + np.array([0, 1, 1])  # on every document, however hard that one is
    low, high, _ = bootstrap_difference(first, worse)
    assert 0 < low < high
    assert bootstrap_difference(first, first)[:2] == (0, 0)


@given(
    st.integers(1, 7).flatmap(
        lambda n: st.tuples(
            *[hnp.arrays(np.int64, (n, 3), elements=st.integers(0, 5)) for _ in range(2)]
        )
    )
)
def test_p_value_comes_close_to_trying_every_swap(pair):
    first, second = pair
    observed = abs(f1_of(first.sum(axis=0)) - f1_of(second.sum(axis=0)))
    differences = []
    for swaps in product([False, True], repeat=len(first)):
        swapped = np.array(swaps)[:, None]
        one, other = np.where(swapped, second, first), np.where(swapped, first, second)
        differences.append(abs(f1_of(one.sum(axis=0)) - f1_of(other.sum(axis=0))))
    expected = np.mean([difference >= observed - 1e-12 for difference in differences])
    assert randomisation_p_value(first, second, resamples=4000) == pytest.approx(expected, abs=0.05)


def test_p_value_of_a_system_against_itself_is_one():
    counts = np.random.default_rng(6).integers(0, 9, size=(30, 3))
    assert randomisation_p_value(counts, counts, resamples=500) == 1


def test_p_value_is_small_and_never_zero_where_one_is_better_everywhere():
    better, worse = np.tile([9, 1, 1], (40, 1)), np.tile([5, 5, 5], (40, 1))
    p_value = randomisation_p_value(better, worse, resamples=999)
    assert p_value == randomisation_p_value(worse, better, resamples=999) == 0.001


@pytest.mark.parametrize("shape", [(0, 3), (4, 2), (3,)])
def test_counts_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"expected \[documents, 3\]"):
        bootstrap_interval(np.zeros(shape, dtype=np.int64))


def test_two_systems_must_have_the_same_documents():
    with pytest.raises(ValueError, match="differ in shape"):
        randomisation_p_value(np.ones((3, 3), dtype=np.int64), np.ones((4, 3), dtype=np.int64))


def test_at_least_one_resample_is_needed():
    with pytest.raises(ValueError, match="at least 1"):
        bootstrap_interval(np.ones((3, 3), dtype=np.int64), resamples=0)
