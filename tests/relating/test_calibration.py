from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bioweave.relating import Calibrator, choose_threshold, fit_calibrator
from bioweave.scoring import calibrate
from bioweave.scoring.counts import Counts


def test_the_curve_that_made_the_labels_is_found_again() -> None:
    draw = np.random.default_rng(0)
    log_odds = draw.normal(0.0, 3.0, size=(20_000, 1))
    is_gold = draw.random((20_000, 1)) < 1.0 / (1.0 + np.exp(-(0.5 * log_odds - 1.0)))
    found = fit_calibrator(log_odds, is_gold, [slice(0, 1)])
    assert found.slopes[0] == pytest.approx(0.5, abs=0.03)
    assert found.shifts[0] == pytest.approx(-1.0, abs=0.06)
    probabilities = found(log_odds)[:, 0]
    assert calibrate(probabilities, is_gold[:, 0]).expected_error < 0.01


def test_a_rare_label_gets_the_curve_of_its_task() -> None:
    draw = np.random.default_rng(1)
    log_odds = draw.normal(size=(1000, 2))
    log_odds[:3, 1] = 3.0
    is_common = draw.random(1000) < 1.0 / (1.0 + np.exp(-log_odds[:, 0]))
    is_gold = np.stack([is_common, np.arange(1000) < 3], axis=1)
    both = fit_calibrator(log_odds, is_gold, [slice(0, 2)])
    alone = fit_calibrator(log_odds[:, :1], is_gold[:, :1], [slice(0, 1)])
    whole = fit_calibrator(log_odds.reshape(-1, 1), is_gold.reshape(-1, 1), [slice(0, 1)])
    assert (both.slopes[0], both.shifts[0]) == (alone.slopes[0], alone.shifts[0])
    assert (both.slopes[1], both.shifts[1]) == (whole.slopes[0], whole.shifts[0])


def test_where_nothing_can_be_learned_log_odds_stay_as_they_are() -> None:
    nothing = fit_calibrator(np.zeros((5, 1)), np.zeros((5, 1), dtype=bool), [slice(0, 1)])
    assert nothing == Calibrator.plain(1)
    turned = np.repeat([[1.0], [-1.0]], 50, axis=0)
    assert fit_calibrator(turned, turned < 0, [slice(0, 1)]) == Calibrator.plain(1)


def test_pairs_of_other_tasks_are_not_asked() -> None:
    draw = np.random.default_rng(2)
    log_odds = draw.normal(size=(400, 2)).astype(np.float32)
    is_gold = draw.random((400, 2)) < 0.4
    apart = np.full((800, 2), np.nan, dtype=np.float32)
    apart[:400, 0], apart[400:, 1] = log_odds[:, 0], log_odds[:, 1]
    gold = np.zeros((800, 2), dtype=bool)
    gold[:400, 0], gold[400:, 1] = is_gold[:, 0], is_gold[:, 1]
    groups = [slice(0, 1), slice(1, 2)]
    assert fit_calibrator(apart, gold, groups) == fit_calibrator(log_odds, is_gold, groups)


@given(st.floats(-1e6, 1e6))
def test_probabilities_stay_in_bounds(log_odds: float) -> None:
    assert 0.0 <= Calibrator.plain(1)(np.array([log_odds]))[0] <= 1.0


def f1_with(
    probabilities: np.ndarray, is_gold: np.ndarray, thresholds: object, n_missed: int = 0
) -> float:
    is_told = probabilities >= np.array(thresholds)
    return (
        Counts(
            int((is_told & is_gold).sum()),
            int((is_told & ~is_gold).sum()),
            int((~is_told & is_gold).sum()) + n_missed,
        )
        .score()
        .f1
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.1, 0.2, 0.5, 0.7, 0.9, 1.0]), st.booleans()),
        min_size=1,
        max_size=30,
    ),
    st.integers(0, 5),
)
def test_no_threshold_of_one_label_is_better(drawn: list, n_missed: int) -> None:
    probabilities = np.array([[p] for p, _ in drawn])
    is_gold = np.array([[gold] for _, gold in drawn])
    chosen = choose_threshold(probabilities, is_gold, n_missed)
    assert 0.0 <= chosen <= 1.0
    best = max(
        f1_with(probabilities, is_gold, [threshold], n_missed)
        for threshold in np.linspace(0.0, 1.01, 102)
    )
    assert f1_with(probabilities, is_gold, [chosen], n_missed) == pytest.approx(best)


def test_one_threshold_serves_all_labels_of_a_task() -> None:
    draw = np.random.default_rng(4)
    is_gold = np.stack([draw.random(300) < 0.4, np.arange(300) < 5], axis=1)
    probabilities = draw.random((300, 2))
    best = max(f1_with(probabilities, is_gold, [t, t]) for t in np.linspace(0, 1, 1001))
    chosen = choose_threshold(probabilities, is_gold)
    assert f1_with(probabilities, is_gold, [chosen, chosen]) == pytest.approx(best, abs=1e-3)


def test_of_calibrated_labels_none_wants_a_threshold_of_its_own() -> None:
    draw = np.random.default_rng(3)
    probabilities = draw.beta([0.5, 2.0], [2.0, 8.0], size=(200_000, 2))
    is_gold = draw.random(probabilities.shape) < probabilities
    chosen = choose_threshold(probabilities, is_gold)
    common = f1_with(probabilities, is_gold, [chosen, chosen])
    apart = max(
        f1_with(probabilities, is_gold, [a, b])
        for a in np.linspace(0.1, 0.6, 26)
        for b in np.linspace(0.1, 0.6, 26)
    )
    assert apart - common < 2e-3
