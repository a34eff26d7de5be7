import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bioweave.service.monitoring.distances import (
    chi_squared,
    comparable_js,
    distance,
    jensen_shannon,
    stability_index,
)
from bioweave.service.monitoring.histograms import Histogram, Tally

SHARES = np.array([0.4, 0.3, 0.2, 0.06, 0.03, 0.01])


def counted(values) -> np.ndarray:
    return np.array(values, np.int64)


histograms = arrays.arrays(np.int64, 6, elements=st.integers(0, 10_000)).filter(np.any)


@given(histograms, histograms)
def test_the_jensen_shannon_distance_is_scipys(one, two) -> None:
    scipy = pytest.importorskip("scipy.spatial.distance", reason="scipy is not installed")
    expected = scipy.jensenshannon(one / one.sum(), two / two.sum(), base=2)
    assert jensen_shannon(one, two) == pytest.approx(expected, abs=1e-7)


@given(histograms, histograms)
def test_the_index_is_the_sum_of_both_relative_entropies(one, two) -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy is not installed")
    p, q = one + 0.5, two + 0.5
    expected = stats.entropy(p, q) + stats.entropy(q, p)
    assert stability_index(one, two) == pytest.approx(expected, abs=1e-9)


@given(histograms, histograms)
def test_distances_are_symmetric_and_bounded(one, two) -> None:
    assert stability_index(one, two) == pytest.approx(stability_index(two, one))
    assert 0 <= jensen_shannon(one, two) <= 1 + 1e-9
    assert jensen_shannon(one, one) == 0 and stability_index(one, one) == 0


def test_an_index_by_hand() -> None:
    # 0.1 ln 1.5 - 0.1 ln 0.875 with shares 0.2, 0.8 and 0.3, 0.7; the prior vanishes in so many.
    found = stability_index(counted([200_000, 800_000]), counted([300_000, 700_000]))
    assert found == pytest.approx(0.1 * math.log(1.5) - 0.1 * math.log(0.875), rel=1e-4)


@pytest.mark.parametrize("degrees", [1, 3, 5, 8, 12])
def test_quantiles_are_near_those_of_chi_squared(degrees) -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy is not installed")
    assert chi_squared(degrees, 0.999) == pytest.approx(stats.chi2.ppf(0.999, degrees), rel=0.04)


@pytest.mark.parametrize(("n", "m"), [(100, 2_000), (100, 500), (500, 2_000), (2_000, 2_000)])
def test_samples_of_one_population_are_no_drift_whatever_their_size(n, m) -> None:
    rng = np.random.default_rng(7)
    found = [distance(rng.multinomial(m, SHARES), rng.multinomial(n, SHARES)) for _ in range(2_000)]
    raw = np.mean([one.psi for one in found])
    # The raw index is biased by just the noise, up to what rare bins and the prior do to it ...
    assert raw == pytest.approx(5 * (1 / n + 1 / m), rel=0.15)
    # ... so that without it nothing is left on average, and chance is rarely taken for more.
    assert abs(np.mean([one.psi - one.noise for one in found])) < 0.15 * raw
    assert np.mean([one.is_beyond_chance for one in found]) < 0.004


def test_a_real_change_is_told_with_its_size() -> None:
    rng = np.random.default_rng(7)
    changed = np.array([0.2, 0.3, 0.3, 0.1, 0.06, 0.04])
    true = float(np.sum((changed - SHARES) * np.log(changed / SHARES)))
    found = [
        distance(rng.multinomial(2_000, SHARES), rng.multinomial(300, changed)) for _ in range(500)
    ]
    assert np.mean([one.excess_psi for one in found]) == pytest.approx(true, rel=0.1)
    assert np.mean([one.excess_js for one in found]) == pytest.approx(comparable_js(true), rel=0.1)
    assert all(one.is_beyond_chance for one in found)


def documents(rng, n_documents: int) -> list[np.ndarray]:
    """Documents with a mix of their own each: their mentions resemble each other."""
    mixes = rng.dirichlet(SHARES * 4, n_documents)
    return [rng.choice(len(SHARES), rng.poisson(8), p=mix) for mix in mixes]


def tallied(found) -> Histogram:
    tally = Tally([str(place) for place in range(len(SHARES))])
    for places in found:
        tally.add(places.tolist())
    return tally.histogram()


def test_mentions_that_resemble_their_documents_are_no_drift_either() -> None:
    rng = np.random.default_rng(7)
    reference = tallied(documents(rng, 2_000))
    # Of 8 alike mentions, drawn with a correlation of 1 in 5: 1 + (8 - 1) / 5, and a little more
    # because documents differ in length.
    assert 2.2 < reference.design_effect < 2.8
    seen = [tallied(documents(rng, 150)).counts for _ in range(400)]
    clustered = [distance(reference.counts, one, reference.design_effect) for one in seen]
    assert np.mean([one.is_beyond_chance for one in clustered]) < 0.01
    raw = np.mean([one.psi for one in clustered])
    assert abs(np.mean([one.psi - one.noise for one in clustered])) < 0.2 * raw
    # As if they were drawn one by one, chance would be taken for drift.
    naive = [distance(reference.counts, one) for one in seen]
    assert np.mean([one.is_beyond_chance for one in naive]) > 0.1


def test_items_drawn_one_by_one_have_no_design_effect() -> None:
    rng = np.random.default_rng(7)
    found = tallied([rng.choice(len(SHARES), 8, p=SHARES) for _ in range(3_000)])
    assert found.design_effect == pytest.approx(1, abs=0.05)
    assert Tally(["a", "b"]).histogram().design_effect == 1


def test_nothing_has_no_distance() -> None:
    with pytest.raises(ValueError, match="empty"):
        distance(counted([0, 0]), counted([1, 2]))
