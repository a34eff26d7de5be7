"""Oracle: the definition, written as a loop over bins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.scoring import calibrate

outcomes = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def by_definition(confidences, is_correct, n_bins=15):
    edges = np.linspace(0, 1, n_bins + 1)
    total = 0.0
    for index in range(n_bins):
        low, high = edges[index], edges[index + 1]
        inside = [
            position
            for position, confidence in enumerate(confidences)
            if low < confidence <= high or (index == 0 and confidence == 0)
        ]
        if inside:
            gap = np.mean(confidences[inside]) - np.mean(is_correct[inside])
            total += len(inside) * abs(gap)
    return total / len(confidences)


@given(outcomes)
def test_error_is_the_definition(items):
    confidences, is_correct = (np.array(column) for column in zip(*items, strict=True))
    calibration = calibrate(confidences, is_correct)
    assert calibration.expected_error == pytest.approx(by_definition(confidences, is_correct))
    assert 0 <= calibration.expected_error <= 1
    assert sum(one.n_predictions for one in calibration.bins) == len(items)
    for one in calibration.bins:
        if one.n_predictions:
            assert one.low - 1e-12 <= one.mean_confidence <= one.high + 1e-12


def test_a_confidence_that_means_what_it_says_has_no_error():
    confidences = np.full(10, 0.7)
    is_correct = np.array([True] * 7 + [False] * 3)
    assert calibrate(confidences, is_correct).expected_error == pytest.approx(0)


def test_sure_and_wrong_is_the_largest_error():
    calibration = calibrate(np.ones(4), np.zeros(4, dtype=bool))
    assert calibration.expected_error == 1
    assert calibration.bins[-1].accuracy == 0


def test_without_predictions_there_is_no_error():
    calibration = calibrate(np.array([]), np.array([], dtype=bool))
    assert calibration.expected_error is None
    assert len(calibration.bins) == 15


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_refused(confidence):
    with pytest.raises(ValueError, match="probability"):
        calibrate(np.array([confidence]), np.array([True]))


def test_confidences_and_outcomes_must_pair():
    with pytest.raises(ValueError, match="2 confidences against 1"):
        calibrate(np.array([0.5, 0.6]), np.array([True]))
