"""Chains of tags against every tagging, one by one."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_chains import all_taggings, random_chain, random_scores

from bioweave.document import TagScheme, TagSet
from bioweave.fusion import TagChain, joined_chains, likeliest_spans, probable_spans
from bioweave.fusion.chain import chain_of_scores, folded, mean_chain

BIO = TagSet(("Disease",))
BOTH = TagSet(("Disease", "Gene"))
BIOES = TagSet(("Disease", "Gene"), TagScheme.BIOES)

seeds = st.integers(0, 10_000)
lengths = st.integers(1, 5)


@given(seeds, lengths, st.sampled_from([BIO, BOTH, BIOES]))
@settings(max_examples=60, deadline=None)
def test_a_chain_of_scores_is_the_sum_over_taggings(seed: int, n_words: int, tags: TagSet) -> None:
    first, steps = random_scores(seed, n_words, tags)
    taggings = all_taggings(first, steps, tags)
    chain = chain_of_scores(first, steps, tags)
    marginals = np.zeros((n_words, len(tags)))
    pairs = np.zeros((n_words - 1, len(tags), len(tags)))
    for one, probability in taggings.items():
        for word, tag in enumerate(one):
            marginals[word, tag] += probability
        for word, pair in enumerate(itertools.pairwise(one)):
            pairs[word][pair] += probability
    np.testing.assert_allclose(chain.marginals, marginals, atol=1e-9)
    np.testing.assert_allclose(chain.pairs, pairs, atol=1e-9)


@given(seeds, lengths, st.sampled_from([BIO, BOTH]))
@settings(max_examples=60, deadline=None)
def test_spans_and_their_probabilities_are_those_of_the_taggings(
    seed: int, n_words: int, tags: TagSet
) -> None:
    first, steps = random_scores(seed, n_words, tags)
    taggings = all_taggings(first, steps, tags)
    chain = chain_of_scores(first, steps, tags)
    of_span: dict[tuple[int, int, str], float] = {}
    for one, probability in taggings.items():
        for span in tags.decode(one):
            of_span[tuple(span)] = of_span.get(tuple(span), 0.0) + probability
    best = max(taggings, key=taggings.__getitem__)
    found = likeliest_spans(chain, tags)
    assert [span[:3] for span in found] == [tuple(span) for span in tags.decode(best)]
    for span in found:
        assert span.confidence == pytest.approx(of_span[span[:3]], abs=1e-9)
    probable = {span[:3]: span.confidence for span in probable_spans(chain, tags, 0.02)}
    wanted = {span: p for span, p in of_span.items() if p >= 0.02 + 1e-9}
    assert wanted.keys() <= probable.keys()
    for span, confidence in probable.items():
        assert confidence == pytest.approx(of_span[span], abs=1e-9)


@given(seeds, lengths)
@settings(max_examples=40, deadline=None)
def test_folding_into_other_tags_keeps_every_probability(seed: int, n_words: int) -> None:
    chain = random_chain(seed, n_words, BIOES)
    into = folded(chain, BIOES, TagSet(("Gene",)))
    index = BIOES.index
    begins = chain.marginals[:, index["B-Gene"]] + chain.marginals[:, index["S-Gene"]]
    inside = chain.marginals[:, index["I-Gene"]] + chain.marginals[:, index["E-Gene"]]
    np.testing.assert_allclose(into.marginals[:, 1], begins)
    np.testing.assert_allclose(into.marginals[:, 2], inside)
    np.testing.assert_allclose(into.marginals.sum(axis=1), 1)
    np.testing.assert_allclose(into.pairs.sum(axis=2), into.marginals[:-1], atol=1e-9)
    np.testing.assert_allclose(into.pairs.sum(axis=1), into.marginals[1:], atol=1e-9)


@given(seeds, lengths, st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_a_mixture_is_a_chain_whose_parts_fit_together(
    seed: int, n_words: int, share: float
) -> None:
    chains = [random_chain(seed, n_words, BIO), random_chain(seed + 1, n_words, BIO)]
    mean = mean_chain(chains, np.array([share, 1 - share]))
    np.testing.assert_allclose(mean.pairs.sum(axis=2), mean.marginals[:-1], atol=1e-9)
    np.testing.assert_allclose(mean.pairs.sum(axis=1), mean.marginals[1:], atol=1e-9)
    expected = share * chains[0].marginals + (1 - share) * chains[1].marginals
    np.testing.assert_allclose(mean.marginals, expected)


def test_joined_stretches_know_nothing_of_each_other() -> None:
    parts = [random_chain(1, 3, BIO), random_chain(2, 1, BIO), random_chain(3, 2, BIO)]
    whole = joined_chains([parts[0], TagChain.independent(np.zeros((0, 3))), *parts[1:]], 3)
    np.testing.assert_allclose(whole.marginals[:3], parts[0].marginals)
    np.testing.assert_allclose(whole.pairs[:2], parts[0].pairs)
    between = np.outer(parts[0].marginals[-1], parts[1].marginals[0])
    np.testing.assert_allclose(whole.pairs[2], between)
    np.testing.assert_allclose(whole.pairs[-1], parts[2].pairs[0])


def test_no_words_are_no_spans() -> None:
    nothing = joined_chains([], 3)
    assert nothing.marginals.shape == (0, 3)
    assert likeliest_spans(nothing, BIO) == []
    assert list(probable_spans(nothing, BIO, 0.1)) == []
