"""Several heads, partly annotated corpora."""

from __future__ import annotations

import pytest
import torch

from bioweave.document import TagScheme
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
