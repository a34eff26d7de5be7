"""The CRF against brute force, against pytorch-crf, and in its limits."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
import torch
import torchcrf
from hypothesis import given
from hypothesis import strategies as st

from bioweave.document import TagScheme, TagSet
from bioweave.model.chain import FORBIDDEN, log_partition, stack_scores
from bioweave.model.crf import Crf

TAG_SETS = [
    TagSet(("Disease",), TagScheme.BIO),
    TagSet(("Disease", "Chemical"), TagScheme.BIO),
    TagSet(("Disease",), TagScheme.BIOES),
]


def random_crf(tag_set: TagSet, scale: float = 1.0) -> Crf:
    crf = Crf(tag_set)
    with torch.no_grad():
        for parameter in crf.parameters():
            parameter.normal_(std=scale)
    return crf


def legal_chains(tag_set: TagSet, n_words: int) -> list[tuple[int, ...]]:
    return [
        tags
        for tags in product(range(len(tag_set)), repeat=n_words)
        if tag_set.may_start[tags[0]]
        and tag_set.may_end[tags[-1]]
        and all(tag_set.may_follow[pair] for pair in pairwise(tags))
    ]


def plain_score(crf: Crf, emissions: torch.Tensor, tags: tuple[int, ...]) -> torch.Tensor:
    """By the definition, in double precision, with gradients."""
    total = crf.start.double()[tags[0]] + crf.end.double()[tags[-1]]
    for word, tag in enumerate(tags):
        total = total + emissions.double()[word, tag]
    for left, right in pairwise(tags):
        total = total + crf.transitions.double()[left, right]
    return total


CASES = st.tuples(
    st.sampled_from(TAG_SETS), st.integers(1, 4), st.integers(0, 3), st.integers(0, 2**31)
)


@given(CASES)
def test_brute_force_agrees(case):
    tag_set, n_words, padding, seed = case
    torch.manual_seed(seed)
    crf = random_crf(tag_set, scale=2.0)
    emissions = torch.randn(1, n_words + padding, len(tag_set)) * 3
    emissions[:, n_words:] = 1e6  # padding must not be looked at
    chains = legal_chains(tag_set, n_words)
    scores = torch.stack([plain_score(crf, emissions[0], tags) for tags in chains])
    probabilities = scores.softmax(0)
    lengths = torch.tensor([n_words])

    for tags, expected in zip(chains[:5], scores.log_softmax(0)[:5], strict=True):
        padded = torch.tensor([[*tags, *[1] * padding]])
        found = crf.log_likelihood(emissions, padded, lengths)
        torch.testing.assert_close(found[0].double(), expected, atol=1e-4, rtol=1e-5)

    best = crf.viterbi(emissions, lengths)[0]
    assert tuple(best[:n_words].tolist()) == chains[int(scores.argmax())]
    assert not best[n_words:].any()

    expected = torch.zeros(n_words, len(tag_set), dtype=torch.double)
    for tags, probability in zip(chains, probabilities, strict=True):
        expected[torch.arange(n_words), list(tags)] += probability
    found = crf.marginals(emissions, lengths)[0]
    torch.testing.assert_close(found[:n_words].double(), expected, atol=1e-5, rtol=1e-4)
    assert not found[n_words:].any()


@given(CASES)
def test_gradients_are_those_of_brute_force(case):
    tag_set, n_words, padding, seed = case
    torch.manual_seed(seed)
    crf = random_crf(tag_set)
    emissions = torch.randn(2, n_words + padding, len(tag_set), requires_grad=True)
    chains = legal_chains(tag_set, n_words)
    tags = torch.zeros(2, n_words + padding, dtype=torch.long)
    tags[:, :n_words] = torch.tensor([chains[seed % len(chains)], chains[-1]])
    leaves = [emissions, *crf.parameters()]
    weights = torch.tensor([0.3, 1.7])

    likelihood = crf.log_likelihood(emissions, tags, torch.tensor([n_words, n_words]))
    found = torch.autograd.grad((likelihood * weights).sum(), leaves)
    total = torch.zeros((), dtype=torch.double)
    for row in range(2):
        scores = torch.stack([plain_score(crf, emissions[row], chain) for chain in chains])
        gold = chains.index(tuple(tags[row, :n_words].tolist()))
        total = total + scores.log_softmax(0)[gold] * weights[row]
    expected = torch.autograd.grad(total, leaves, materialize_grads=True)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-3)


def test_pytorch_crf_agrees():
    tag_set = TAG_SETS[1]
    crf = random_crf(tag_set)
    other = torchcrf.CRF(len(tag_set), batch_first=True)
    scores = crf.scores()
    with torch.no_grad():
        other.start_transitions.copy_(scores.start[0])
        other.transitions.copy_(scores.transitions[0])
        other.end_transitions.copy_(scores.end[0])
    emissions = torch.randn(6, 40, len(tag_set))
    n_words = torch.tensor([40, 1, 2, 17, 39, 8])
    mask = torch.arange(40)[None] < n_words[:, None]
    tags = crf.viterbi(emissions, n_words)
    torch.testing.assert_close(
        crf.log_likelihood(emissions, tags, n_words),
        other(emissions, tags, mask=mask, reduction="none"),
        atol=1e-3,
        rtol=1e-5,
    )
    assert other.decode(emissions, mask=mask) == [
        row[:n].tolist() for row, n in zip(tags, n_words, strict=True)
    ]


def test_rows_do_not_know_of_each_other():
    crf = random_crf(TAG_SETS[2])
    emissions = torch.randn(5, 12, crf.n_tags)
    n_words = torch.tensor([12, 3, 1, 7, 11])
    together = crf.marginals(emissions, n_words)
    for row, n in enumerate(n_words.tolist()):
        alone = crf.marginals(emissions[row : row + 1, :n], n_words[row : row + 1])
        torch.testing.assert_close(together[row, :n], alone[0], atol=1e-6, rtol=0)


@pytest.mark.parametrize("tag_set", TAG_SETS)
def test_what_the_tag_set_forbids_never_happens(tag_set):
    crf = random_crf(tag_set, scale=5.0)
    emissions = torch.randn(50, 15, len(tag_set)) * 10
    n_words = torch.randint(1, 16, (50,))
    for tags, n in zip(crf.viterbi(emissions, n_words), n_words.tolist(), strict=True):
        row = tags[:n].tolist()
        assert tag_set.encode(tag_set.decode(row), n) == row
    inside = [i for i, name in enumerate(tag_set.names) if name[0] in "IE"]
    assert not crf.marginals(emissions, n_words)[:, 0, inside].any()


def test_forbidden_scores_get_no_gradient():
    crf = random_crf(TAG_SETS[0])
    emissions = torch.randn(3, 6, crf.n_tags)
    tags = torch.tensor([[0, 1, 2, 0, 0, 1]] * 3)
    crf.log_likelihood(emissions, tags, torch.tensor([6, 6, 6])).sum().backward()
    assert not crf.transitions.grad[~crf.allowed_transitions].any()
    assert not crf.start.grad[~crf.allowed_start].any()
    assert crf.transitions.grad[crf.allowed_transitions].all()


def test_a_row_without_words_counts_for_nothing():
    crf = random_crf(TAG_SETS[0])
    emissions = torch.randn(2, 4, crf.n_tags, requires_grad=True)
    likelihood = crf.log_likelihood(
        emissions, torch.zeros(2, 4, dtype=torch.long), torch.tensor([0, 4])
    )
    assert likelihood[0] == 0.0
    assert likelihood[1] < 0.0
    likelihood.sum().backward()
    assert not emissions.grad[0].any()
    assert not crf.marginals(emissions, torch.tensor([0, 4]))[0].any()


def test_one_word():
    crf = random_crf(TAG_SETS[2])
    emissions = torch.randn(1, 1, crf.n_tags)
    marginals = crf.marginals(emissions, torch.tensor([1]))[0, 0]
    alone = (crf.start + crf.end + emissions[0, 0])[[0, 4]].softmax(0)  # O and S only
    torch.testing.assert_close(marginals[[0, 4]], alone)
    assert marginals[[1, 2, 3]].sum() == 0.0


def test_long_rows_with_large_scores_stay_close():
    crf = random_crf(TAG_SETS[1], scale=3.0)
    emissions = torch.randn(2, 600, crf.n_tags) * 20
    n_words = torch.tensor([600, 411])
    marginals = crf.marginals(emissions, n_words)
    sums = marginals.sum(-1)
    torch.testing.assert_close(sums[0], torch.ones(600), atol=1e-5, rtol=0)
    assert marginals.isfinite().all()
    # The same in double precision, by automatic differentiation of the plain recursion.
    leaf = emissions[:1].double().requires_grad_()
    chain = [part[0].double() for part in crf.scores()]
    alpha = chain[0] + leaf[:, 0]
    for word in range(1, 600):
        alpha = torch.logsumexp(alpha[..., None] + chain[1], dim=1) + leaf[:, word]
    (expected,) = torch.autograd.grad(torch.logsumexp(alpha + chain[2], dim=1).sum(), leaf)
    torch.testing.assert_close(marginals[0].double(), expected[0], atol=2e-4, rtol=0)


def test_scores_are_float32_under_autocast():
    crf = random_crf(TAG_SETS[0])
    emissions = torch.randn(4, 30, crf.n_tags)
    tags = torch.zeros(4, 30, dtype=torch.long)
    n_words = torch.tensor([30, 20, 10, 5])
    exact = crf.log_likelihood(emissions, tags, n_words)
    with torch.autocast("cpu", torch.bfloat16):
        mixed = crf.log_likelihood(emissions, tags, n_words)
        coarse = crf.log_likelihood(emissions.bfloat16(), tags, n_words)
    assert mixed.dtype == coarse.dtype == torch.float32
    assert torch.equal(exact, mixed)
    torch.testing.assert_close(coarse, exact, atol=0.1, rtol=0.02)


def test_stacked_heads_equal_each_alone():
    chains = [random_crf(tag_set) for tag_set in TAG_SETS]
    width = max(crf.n_tags for crf in chains)
    emissions = torch.full((3, 9, len(chains), width), FORBIDDEN)
    for head, crf in enumerate(chains):
        emissions[:, :, head, : crf.n_tags] = torch.randn(3, 9, crf.n_tags)
    n_words = torch.tensor([9, 4, 1])
    together = log_partition(emissions, n_words, stack_scores([crf.scores() for crf in chains]))
    for head, crf in enumerate(chains):
        alone = log_partition(emissions[:, :, head : head + 1, : crf.n_tags], n_words, crf.scores())
        torch.testing.assert_close(together[:, head], alone[:, 0])


def test_independent_is_softmax():
    tag_set = TAG_SETS[1]
    crf = Crf.independent(tag_set)
    emissions = torch.randn(3, 8, len(tag_set))
    tags = torch.randint(0, len(tag_set), (3, 8))
    n_words = torch.tensor([8, 5, 1])
    is_word = torch.arange(8)[None] < n_words[:, None]
    likelihood = emissions.log_softmax(-1).gather(2, tags[..., None])[..., 0] * is_word
    torch.testing.assert_close(crf.log_likelihood(emissions, tags, n_words), likelihood.sum(1))
    assert torch.equal(crf.viterbi(emissions, n_words), emissions.argmax(-1) * is_word)
    torch.testing.assert_close(
        crf.marginals(emissions, n_words), emissions.softmax(-1) * is_word[..., None]
    )
    assert not any(parameter.requires_grad for parameter in crf.parameters())
