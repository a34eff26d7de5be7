import numpy as np
import pytest

from bioweave.scoring import bootstrap_interval
from bioweave.service.monitoring.quality import counts_of, quality_of

LABELS = ("Disease", "Chemical")


def test_ratios_by_hand() -> None:
    rows = [
        {"Disease": [3, 1, 0], "Chemical": [0, 0, 2]},
        {"Disease": [1, 0, 1], "Chemical": [0, 0, 0]},
    ]
    found = quality_of(counts_of(rows, LABELS), LABELS)
    assert found.n_documents == 2
    disease, chemical = found.by_label["Disease"], found.by_label["Chemical"]
    assert (disease.precision.value, disease.recall.value) == (4 / 5, 4 / 5)
    assert disease.support == 5 and chemical.support == 2
    assert chemical.precision is None and chemical.recall.value == 0
    assert found.overall.f1.value == pytest.approx(8 / (8 + 1 + 3))


def test_labels_that_a_row_lacks_count_nothing() -> None:
    assert counts_of([{"Disease": [1, 2, 3]}, {}], LABELS).tolist() == [
        [[1, 2, 3], [0, 0, 0]],
        [[0, 0, 0], [0, 0, 0]],
    ]
    assert quality_of(counts_of([], LABELS), LABELS) is None


def test_the_interval_of_f1_is_that_of_the_scorer() -> None:
    counts = np.random.default_rng(3).integers(0, 9, (60, 2, 3))
    found = quality_of(counts, LABELS).overall.f1
    low, high, _ = bootstrap_interval(counts.sum(axis=1), resamples=4_000)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.006)
    assert quality_of(counts, LABELS).overall.f1 == found


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(150):
        # In each document the model is as good as that document lets it be: 0.8 on average.
        rate = rng.beta(8, 2, 80)
        right = rng.binomial(10, rate)
        counts = np.stack([right, np.zeros_like(right), 10 - right], axis=-1)[:, None, :]
        recall = quality_of(counts, ("Disease",)).overall.recall
        held += recall.low <= 0.8 <= recall.high
    assert 0.88 <= held / 150 <= 0.99
