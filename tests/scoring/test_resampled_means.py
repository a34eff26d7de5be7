"""Intervals of means over mentions, with documents as what is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from bioweave.scoring import bootstrap_means


def test_it_is_what_drawing_documents_one_by_one_comes_to() -> None:
    random = np.random.default_rng(3)
    counts = random.integers(1, 6, size=25)
    values = [random.normal(0.3 * (n % 3), 1.0, size=n) for n in counts]
    totals = np.array([[one.sum(), (one**2).sum()] for one in values])
    found = bootstrap_means(totals, counts, resamples=4000, seed=1)
    means = []
    for _ in range(4000):
        pooled = np.concatenate([values[place] for place in random.integers(25, size=25)])
        means.append((pooled.mean(), (pooled**2).mean()))
    np.testing.assert_allclose(found, np.percentile(means, [2.5, 97.5], axis=0).T, atol=0.03)


def test_mentions_that_depend_on_one_another_make_it_wider() -> None:
    by_mention = np.repeat([0.0, 1.0], 50)
    alone = bootstrap_means(by_mention[:, None], np.ones(100, dtype=int))[0]
    grouped = by_mention.reshape(10, 10).sum(axis=1)[:, None]
    together = bootstrap_means(grouped, np.full(10, 10))[0]
    assert np.ptp(together) > 2.5 * np.ptp(alone)


def test_a_seed_decides() -> None:
    totals, counts = np.arange(12.0)[:, None], np.ones(12, dtype=int)
    first = bootstrap_means(totals, counts, seed=1)
    np.testing.assert_array_equal(first, bootstrap_means(totals, counts, seed=1))
    assert (first != bootstrap_means(totals, counts, seed=2)).any()


@pytest.mark.parametrize("counts", [[], [1, 0], [1]])
def test_documents_without_mentions_are_refused(counts: list[int]) -> None:
    with pytest.raises(ValueError, match="with a mention in each document"):
        bootstrap_means(np.zeros((2 if counts else 0, 1)), np.array(counts, dtype=int))
