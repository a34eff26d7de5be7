"""The whole tagger: every part on and off, rows independent, trainable."""

from __future__ import annotations

from itertools import product

import pytest
import torch

from bioweave.model.heads import Head

from .conftest import EVERYTHING, HEADS, used, word_rows

CASES = [
    (None, {"characters": "bilstm"}),
    (None, {"vectors": True, "context": "bilstm"}),
    ("bert", {}),
    ("bert", {**EVERYTHING, "pooling": "mean", "characters": "cnn", "context": "bigru"}),
    ("mpnet", {**EVERYTHING, "pooling": "first_last", "characters": "bilstm", "context": "bilstm"}),
    ("bert", {"vectors": True, "vectors_at": "pieces"}),
    ("mpnet", {**EVERYTHING, "vectors_at": "both"}),
]


@pytest.mark.parametrize(
    ("kind", "pooling", "characters", "context"),
    list(
        product(
            [None, "bert", "mpnet"],
            ["first", "mean", "first_last"],
            ["none", "bilstm", "cnn"],
            ["none", "bilstm", "bigru"],
        )
    ),
)
def test_any_parts_go_together(make_tagger, make_inputs, kind, pooling, characters, context):
    settings = {"pooling": pooling, "characters": characters, "context": context}
    tagger = make_tagger(kind, **EVERYTHING, **settings)
    inputs = used(tagger, make_inputs(2, 8, 5))
    emissions = tagger(**inputs)
    assert emissions.shape == (2, 5, 3 + 9)
    assert emissions.dtype == torch.float32
    assert word_rows(emissions, inputs["n_words"]).isfinite().all()


@pytest.mark.parametrize(("kind", "settings"), CASES)
def test_a_row_does_not_know_padding_or_neighbours(make_tagger, make_inputs, kind, settings):
    tagger = make_tagger(kind, **settings)
    inputs = make_inputs(4, 24, 9)
    together = tagger(**used(tagger, inputs))
    for row in range(4):
        n_pieces, n_words = int(inputs["piece_mask"][row].sum()), int(inputs["n_words"][row])
        alone = {name: value[row : row + 1] for name, value in inputs.items()}
        for name in ("piece_ids", "piece_mask"):
            alone[name] = alone[name][:, :n_pieces]
        for name in ("word_pieces", "characters", "pos", "vectors", "dictionary", "templates"):
            alone[name] = alone[name][:, :n_words]
        emissions = tagger(**used(tagger, alone))
        torch.testing.assert_close(emissions[0], together[row, :n_words], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("kind", "settings"), CASES)
def test_every_parameter_learns(make_tagger, make_inputs, kind, settings):
    tagger = make_tagger(kind, **settings, train_vectors=True).train()
    inputs = make_inputs(8, 24, 9)
    tags = torch.zeros(8, 9, 2, dtype=torch.long)
    tags[:, 0] = 1  # B, and in BIOES a B that I or E must follow
    tags[:, 1] = torch.tensor([2, 3])
    emissions = tagger(**used(tagger, inputs))
    n_words = inputs["n_words"].clamp(min=2)
    tagger.loss(emissions, tags, torch.ones(8, 2, dtype=torch.bool), n_words).backward()
    idle = [name for name, value in tagger.named_parameters() if not value.grad.any()]
    # BERT's second segment is never used; keys' biases cancel in the softmax, or nearly.
    assert not [name for name in idle if "token_type" not in name and "key.bias" not in name]


def test_parameter_groups_share_out_all_that_is_trained(make_tagger):
    tagger = make_tagger("bert", **EVERYTHING)
    encoder, others = set(tagger.encoder_parameters()), set(tagger.head_parameters())
    assert encoder == set(tagger.encoder.parameters())
    assert not encoder & others
    assert encoder | others == {p for p in tagger.parameters() if p.requires_grad}
    assert tagger.vectors.weight not in others


def test_given_vectors_are_kept_and_not_shared(make_tagger):
    one, other = make_tagger(None, vectors=True), make_tagger(None, vectors=True)
    assert torch.equal(one.vectors.weight, other.vectors.weight)
    with torch.no_grad():
        one.vectors.weight.zero_()
    assert other.vectors.weight.any()


def test_input_names_are_those_in_use(make_tagger):
    assert make_tagger("bert").input_names == (
        "piece_ids",
        "piece_mask",
        "word_pieces",
        "n_words",
    )
    assert make_tagger(None, characters="cnn", pos=True).input_names == (
        "n_words",
        "characters",
        "pos",
    )


def test_state_comes_back_into_a_fresh_tagger(make_tagger, make_inputs):
    settings = {**EVERYTHING, "characters": "bilstm", "context": "bigru"}
    one, other = make_tagger("mpnet", **settings), make_tagger("mpnet", **settings)
    inputs = used(one, make_inputs(2, 16, 6))
    assert not torch.equal(one(**inputs), other(**inputs))
    other.load_state_dict(one.state_dict())
    assert torch.equal(one(**inputs), other(**inputs))


@pytest.mark.parametrize("decoder", ["crf", "softmax"])
def test_a_tiny_tagger_learns_a_tiny_task(make_tagger, make_inputs, decoder):
    """A word is a disease where its vector's row is even; the second head never learns."""
    tagger = make_tagger(None, vectors=True, train_vectors=True, decoder=decoder, dropout=0.0)
    inputs = used(tagger, make_inputs(16, 8, 10))
    gold = (inputs["vectors"] % 2 == 0).long()
    tags = torch.stack([gold, torch.zeros_like(gold)], dim=-1)
    mask = torch.tensor([[True, False]] * 16)
    before = tagger.heads.linear.weight[3:].clone()
    optimiser = torch.optim.AdamW(tagger.parameters(), lr=0.05, weight_decay=0.0)
    for _ in range(60):
        optimiser.zero_grad()
        loss = tagger.loss(tagger(**inputs), tags, mask, inputs["n_words"])
        loss.backward()
        optimiser.step()
    chain = tagger.heads.chains[0]
    emissions = tagger.heads.split(tagger(**inputs))[0]
    found = chain.viterbi(emissions, inputs["n_words"])
    is_word = torch.arange(10)[None] < inputs["n_words"][:, None]
    assert torch.equal(found, gold * is_word)
    assert torch.equal(tagger.heads.linear.weight[3:], before)


def test_heads_come_in_their_order(make_tagger):
    tagger = make_tagger("bert", heads=(*HEADS, Head("genes", ("Gene",))))
    assert [head.name for head in tagger.heads.heads] == ["diseases", "both", "genes"]
    assert tagger.heads.widths == (3, 9, 3)


def test_half_precision_ends_in_float32(make_tagger, make_inputs):
    tagger = make_tagger("bert", **EVERYTHING, characters="bilstm", context="bilstm").train()
    inputs = used(tagger, make_inputs(4, 16, 6))
    with torch.autocast("cpu", torch.bfloat16):
        emissions = tagger(**inputs)
    assert emissions.dtype == torch.float32
    tags = torch.zeros(4, 6, 2, dtype=torch.long)
    loss = tagger.loss(emissions, tags, torch.ones(4, 2, dtype=torch.bool), inputs["n_words"])
    loss.backward()
    assert all(p.grad.isfinite().all() for p in tagger.parameters() if p.requires_grad)
