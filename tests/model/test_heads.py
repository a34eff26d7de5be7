"""Several heads, partly annotated corpora."""

from __future__ import annotations

import pytest
import torch

from bioweave.document import TagScheme
from bioweave.model.chain import ChainScores, forward_backward
from bioweave.model.heads import Head, TaskHeads

HEADS = (
    Head("diseases", ("Disease",)),
    Head("genes", ("Gene", "Species"), TagScheme.BIOES),
    Head("chemicals", ("Chemical",)),
)


@pytest.fixture
def heads() -> TaskHeads:
    made = TaskHeads(HEADS, 4, "crf")
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter)
    return made


WORDS = torch.randn(3, 6, 4, generator=torch.Generator().manual_seed(1))
N_WORDS = torch.tensor([6, 2, 4])
TAGS = torch.zeros(3, 6, 3, dtype=torch.long)


def test_a_head_knows_its_tags():
    assert HEADS[0].tag_set.names == ("O", "B-Disease", "I-Disease")
    assert len(HEADS[1].tag_set) == 9


def test_split_gives_each_head_its_own(heads):
    emissions = heads(WORDS)
    assert emissions.shape == (3, 6, 15)
    parts = heads.split(emissions)
    assert [part.shape[-1] for part in parts] == [3, 9, 3]
    assert torch.equal(torch.cat(parts, dim=-1), emissions)


def test_loss_is_the_mean_over_marked_pairs(heads):
    emissions = heads(WORDS)
    mask = torch.tensor([[True, False, True], [False, True, False], [True, True, True]])
    alone = torch.stack(
        [
            chain.log_likelihood(part, TAGS[..., head], N_WORDS)
            for head, (chain, part) in enumerate(
                zip(heads.chains, heads.split(emissions), strict=True)
            )
        ],
        dim=1,
    )
    expected = -alone[mask].mean()
    torch.testing.assert_close(heads.loss(emissions, TAGS, mask, N_WORDS), expected)


@pytest.mark.parametrize("decoder", ["crf", "softmax"])
def test_what_a_row_does_not_annotate_is_not_learned(decoder):
    heads = TaskHeads(HEADS, 4, decoder)
    mask = torch.tensor([[True, False, False]] * 3)
    tags = TAGS.clone()
    tags[..., 1:] = -100  # nobody knows
    emissions = heads(WORDS)
    emissions.retain_grad()
    heads.loss(emissions, tags, mask, N_WORDS).backward()
    assert heads.linear.weight.grad[:3].any()
    assert not heads.linear.weight.grad[3:].any()
    assert not heads.linear.bias.grad[3:].any()
    assert not emissions.grad[..., 3:].any()
    if decoder == "crf":
        assert heads.chains[0].transitions.grad.any()
        for chain in (heads.chains[1], heads.chains[2]):
            assert not any(parameter.grad.any() for parameter in chain.parameters())


def test_each_row_trains_its_own_heads(heads):
    mask = torch.tensor([[True, False, False], [False, True, False], [False, False, True]])
    emissions = heads(WORDS)
    emissions.retain_grad()
    heads.loss(emissions, TAGS, mask, N_WORDS).backward()
    for row, head in enumerate(heads.split(emissions.grad)):
        assert head[row].any()
        assert not head[[other for other in range(3) if other != row]].any()


def test_nothing_to_train_is_a_loss_of_zero(heads):
    emissions = heads(WORDS)
    loss = heads.loss(emissions, TAGS, torch.zeros(3, 3, dtype=torch.bool), N_WORDS)
    loss.backward()
    assert loss == 0.0
    assert not any(parameter.grad.any() for parameter in heads.parameters())


def test_padding_words_are_not_learned(heads):
    emissions = heads(WORDS)
    emissions.retain_grad()
    heads.loss(emissions, TAGS, torch.ones(3, 3, dtype=torch.bool), N_WORDS).backward()
    assert not emissions.grad[1, 2:].any()
    assert emissions.grad[1, :2].any()


def test_auxiliary_heads_teach_and_then_leave():
    heads = TaskHeads((HEADS[0], Head("aside", ("Gene",), auxiliary=True), HEADS[2]), 4, "crf")
    for parameter in heads.parameters():
        torch.nn.init.normal_(parameter)
    emissions = heads(WORDS)
    smaller = heads.without_auxiliary()
    assert smaller.heads == (HEADS[0], HEADS[2])
    first, _, last = heads.split(emissions)
    torch.testing.assert_close(smaller(WORDS), torch.cat([first, last], dim=-1))
    assert smaller.chains[1] is heads.chains[2]
    assert len(heads.chains) == 3


@pytest.mark.parametrize("temperature", [1.0, 2.5])
def test_agreeing_with_a_teacher_pulls_marginals_together(heads, temperature):
    emissions = heads(WORDS).detach().requires_grad_()
    mask = torch.ones(3, 3, dtype=torch.bool)
    teacher = torch.zeros(3, 6, 3, 9)
    marginals = torch.zeros(3, 6, 15)
    for head, (crf, part) in enumerate(zip(heads.chains, heads.split(emissions), strict=True)):
        chain = ChainScores(*(scores / temperature for scores in crf.scores()))
        shifted = (part.detach() / temperature).log_softmax(dim=-1)[:, :, None]
        own = forward_backward(shifted, N_WORDS, chain).marginals()[:, :, 0]
        other = torch.rand(own.shape, generator=torch.Generator().manual_seed(head))
        other = (other / other.sum(dim=-1, keepdim=True)).where(own.sum(-1, keepdim=True) > 0, 0)
        teacher[:, :, head, : part.shape[-1]] = other
        column = sum(heads.widths[:head])
        marginals[..., column : column + part.shape[-1]] = (own - other).detach()
    agreement = heads.soft_log_likelihood(
        emissions, teacher, mask, N_WORDS, temperature=temperature
    )
    (-agreement.sum()).backward()
    # Wang et al., 2020: the gradient is the student's marginals less the teacher's.
    torch.testing.assert_close(emissions.grad, marginals / temperature, atol=1e-5, rtol=1e-4)
    assert not any(p.grad is not None and p.grad.any() for p in heads.chains.parameters())


def test_a_certain_teacher_says_what_gold_tags_say(heads):
    heads.zero_grad()
    tags = torch.ones(3, 6, 3, dtype=torch.long)
    certain = torch.nn.functional.one_hot(tags, 9).float()
    mask = torch.tensor([[True, False, True]] * 3)
    gradients = []
    for compute in (
        lambda e: heads.log_likelihood(e, tags, mask, N_WORDS),
        lambda e: heads.soft_log_likelihood(e, certain, mask, N_WORDS),
    ):
        emissions = heads(WORDS).detach().requires_grad_()
        compute(emissions).sum().backward()
        gradients.append(emissions.grad)
    torch.testing.assert_close(*gradients)
    assert not gradients[0][..., 3:12].any()
