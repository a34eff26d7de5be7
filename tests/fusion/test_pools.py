"""Pools: what they come to, what they are fitted to, and that a bundle keeps them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_chains import all_taggings, random_chain, random_scores

from bioweave.document import TagSet
from bioweave.fusion import (
    LinearPool,
    LogLinearPool,
    Pool,
    StackingPool,
    TagChain,
    common_chain,
    fit_linear,
    fit_log_linear,
    fit_temperature,
    load_pool,
    pool_arrays,
    stacked_features,
)
from bioweave.fusion.chain import chain_of_scores
from bioweave.fusion.pools import tempered

BIO = TagSet(("Disease",))
seeds = st.integers(0, 10_000)


def mistaken(random: np.random.Generator, gold: np.ndarray, error: float, sure: float):
    """A member that is wrong about a share of the words, and as sure of those as of the others."""
    said = np.where(random.random(len(gold)) < error, random.integers(3, size=len(gold)), gold)
    marginals = np.full((len(gold), 3), (1 - sure) / 2)
    marginals[np.arange(len(gold)), said] = sure
    return marginals


@given(seeds, st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_a_pool_of_one_opinion_is_that_opinion(seed: int, n_words: int) -> None:
    chain = random_chain(seed, n_words, BIO, spread=1.0)
    for pool in (LinearPool.mean(3), LogLinearPool(np.full(3, 1 / 3))):
        pooled = pool([chain] * 3, BIO)
        np.testing.assert_allclose(pooled.marginals, chain.marginals, atol=1e-4)
        np.testing.assert_allclose(pooled.pairs, chain.pairs, atol=1e-4)


@given(seeds, st.floats(0.5, 3))
@settings(max_examples=30, deadline=None)
def test_a_temperature_is_the_power_of_every_tagging(seed: int, temperature: float) -> None:
    first, steps = random_scores(seed, 4, BIO, spread=1.0)
    taggings = all_taggings(first, steps, BIO)
    powered = {tags: p ** (1 / temperature) for tags, p in taggings.items()}
    total = sum(powered.values())
    begins = sum(p for tags, p in powered.items() if tags[2] == 1) / total
    chain = tempered(chain_of_scores(first, steps, BIO), temperature, BIO)
    assert chain.marginals[2, 1] == pytest.approx(begins, abs=1e-5)


def test_a_member_without_a_crf_learns_what_the_scheme_forbids() -> None:
    free = TagChain.independent(np.array([[0.2, 0.2, 0.6], [0.3, 0.3, 0.4]]))
    pooled = LinearPool.mean(2)([free, free], BIO)
    assert pooled.marginals[0, BIO.index["I-Disease"]] == 0
    assert pooled.pairs[0, 0, BIO.index["I-Disease"]] == 0
    assert pooled.marginals.sum(axis=1) == pytest.approx([1, 1])


def test_temperature_tells_who_is_too_sure() -> None:
    random = np.random.default_rng(1)
    gold = random.integers(3, size=4000)
    for error, sure in ((0.3, 0.99), (0.3, 0.6)):
        member = mistaken(random, gold, error, sure)
        temperature = fit_temperature(member, gold)
        assert (temperature > 1) == (sure > 0.8)
        hit = member.argmax(axis=1) == gold
        softened = member ** (1 / temperature)
        softened /= softened.sum(axis=1, keepdims=True)
        assert softened.max(axis=1).mean() == pytest.approx(hit.mean(), abs=0.02)
    assert fit_temperature(np.zeros((0, 3)), np.zeros(0, dtype=np.int64)) == 1.0


def test_weights_are_those_of_the_best_mixture() -> None:
    random = np.random.default_rng(2)
    gold = random.integers(3, size=3000)
    members = np.stack([mistaken(random, gold, error, 0.9) for error in (0.05, 0.3, 0.6)])
    pool = fit_linear(members, gold)
    assert pool.weights.sum() == pytest.approx(1)
    assert pool.weights[0] > pool.weights[1] > pool.weights[2]

    def loss(weights: np.ndarray) -> float:
        softened = members ** (1 / pool.temperatures[:, None, None])
        softened /= softened.sum(axis=2, keepdims=True)
        mixed = np.einsum("m,mnt->nt", weights, softened)
        return float(-np.log(mixed[np.arange(len(gold)), gold]).mean())

    best = loss(pool.weights)
    for _ in range(300):
        assert best <= loss(random.dirichlet(np.ones(3))) + 1e-6


def test_powers_are_those_of_the_best_product() -> None:
    random = np.random.default_rng(3)
    gold = random.integers(3, size=3000)
    members = np.stack([mistaken(random, gold, error, 0.8) for error in (0.1, 0.2, 0.66)])
    pool = fit_log_linear(members, gold)
    assert pool.weights[0] > pool.weights[1] > pool.weights[2] >= 0

    def loss(weights: np.ndarray) -> float:
        scores = np.einsum("m,mnt->nt", weights, np.log(members))
        right = scores[np.arange(len(gold)), gold]
        return float((np.logaddexp.reduce(scores, axis=1) - right).mean())

    best = loss(pool.weights)
    for _ in range(300):
        other = np.maximum(pool.weights + random.normal(scale=0.3, size=3), 0)
        assert best <= loss(other) + 1e-3


def test_a_member_that_is_always_wrong_is_not_heard() -> None:
    random = np.random.default_rng(4)
    gold = random.integers(3, size=2000)
    liar = mistaken(random, (gold + 1) % 3, 0.0, 0.9)
    pool = fit_log_linear(np.stack([mistaken(random, gold, 0.2, 0.8), liar]), gold)
    assert pool.weights[1] == 0
    assert pool.weights[0] > 0


def test_a_copy_adds_no_weight() -> None:
    random = np.random.default_rng(5)
    gold = random.integers(3, size=2000)
    member = mistaken(random, gold, 0.2, 0.8)
    once = fit_log_linear(member[None], gold).weights
    twice = fit_log_linear(np.stack([member, member]), gold).weights
    assert twice.sum() == pytest.approx(once.sum(), rel=0.02)


def test_without_words_every_member_weighs_the_same() -> None:
    nothing, gold = np.zeros((2, 0, 3)), np.zeros(0, dtype=np.int64)
    assert fit_linear(nothing, gold).weights.tolist() == [0.5, 0.5]
    assert fit_log_linear(nothing, gold).weights.tolist() == [0.5, 0.5]


def test_stacking_sees_neighbours_and_hits() -> None:
    random = np.random.default_rng(6)
    marginals = random.dirichlet(np.ones(3), size=(2, 7))
    hits = random.integers(2, size=(7, 2)).astype(float)
    plain, informed = stacked_features(marginals), stacked_features(marginals, hits)
    assert len(plain) == len(informed) == 7
    assert informed.shape[1] - plain.shape[1] == 5 * 2
    changed = marginals.copy()
    changed[:, 3] = 1 / 3
    differs = (stacked_features(changed) != plain).any(axis=1)
    assert differs.tolist() == [False, True, True, True, True, True, False]


def test_stacking_refuses_what_it_was_not_fitted_to() -> None:
    pool = StackingPool(np.zeros((40, 3)), np.zeros(3), n_members=2)
    chain = random_chain(1, 3, BIO)
    assert pool([chain, chain], BIO).marginals.shape == (3, 3)
    with pytest.raises(ValueError, match="fitted to 2 members"):
        pool([chain], BIO)
    with pytest.raises(ValueError, match="0 columns of hits, and given 2 and 4"):
        pool([chain, chain], BIO, np.zeros((3, 4)))


@pytest.mark.parametrize(
    "pool",
    [
        LinearPool(np.array([0.25, 0.75]), np.array([1.5, 0.8])),
        LogLinearPool(np.array([0.9, 0.4])),
        StackingPool(np.ones((40, 3)), np.array([0.0, -1.0, 1.0]), 2, 0),
    ],
)
def test_a_pool_comes_back_as_it_was(pool: Pool) -> None:
    chains = [random_chain(8, 5, BIO), random_chain(9, 5, BIO)]
    again = load_pool(pool_arrays(pool))
    assert type(again) is type(pool)
    np.testing.assert_array_equal(again(chains, BIO).marginals, pool(chains, BIO).marginals)


def test_what_is_no_pool_is_said_so() -> None:
    with pytest.raises(ValueError, match="no pool has the arrays powers"):
        load_pool({"powers": np.ones(2)})


def test_heads_that_find_other_labels_are_not_asked() -> None:
    genes = TagSet(("Gene",))
    chain, other = random_chain(1, 4, BIO), random_chain(2, 4, genes)
    heads = [(BIO, chain), (genes, other)]
    np.testing.assert_allclose(common_chain(heads, ["Gene"]).marginals, other.marginals)
    with pytest.raises(KeyError, match="no head finds Disease, Gene"):
        common_chain(heads, ["Disease", "Gene"])
