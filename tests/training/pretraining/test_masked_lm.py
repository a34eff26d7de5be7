"""Predicting at chosen positions, against transformers' own loss over all of them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F
from transformers import AutoModel, LlamaConfig

from bioweave.errors import EncoderError
from bioweave.model.encoder import load_encoder
from bioweave.training.pretraining.masked_lm import (
    choose_attention,
    load_masked_lm,
    start_from_frequencies,
)
from bioweave.training.pretraining.masking import WordMasker

from .conftest import SHAPE, make_tokenizer

KINDS = ("Bert", "MPNet", "DistilBert", "Roberta", "Electra", "ModernBert")


@pytest.mark.parametrize("kind", KINDS)
def test_the_gathered_loss_and_its_gradients_are_the_full_ones(make_encoder, load, special, kind):
    lm = load(make_encoder(kind, has_head=True))
    assert not lm.has_new_head
    lm.predictor.eval()
    random = np.random.default_rng(2)
    ids = random.integers(5, special.is_ordinary.size, (3, 20))
    rows = WordMasker(special, 0.3)(ids, np.ones(ids.shape, dtype=bool), random)
    inputs, positions, targets = map(
        torch.from_numpy, (rows.piece_ids, rows.positions, rows.targets)
    )
    gathered = F.cross_entropy(lm.predictor(inputs, positions), targets)
    gradients = torch.autograd.grad(gathered, list(lm.encoder_parameters.values()))

    lm.model.base_model._forward_hooks.clear()
    labels = torch.full(ids.shape, -100).flatten().index_copy(0, positions, targets)
    full = lm.model(input_ids=inputs, labels=labels.reshape(ids.shape)).loss
    expected = torch.autograd.grad(full, list(lm.encoder_parameters.values()))
    torch.testing.assert_close(gathered, full)
    torch.testing.assert_close(gradients, expected)


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_head_is_made_over_the_encoder_s_embeddings(make_encoder, load, kind):
    folder = make_encoder(kind)
    lm = load(folder)
    assert lm.has_new_head
    embeddings = lm.model.get_input_embeddings().weight
    assert lm.model.get_output_embeddings().weight is embeddings
    assert any(one is embeddings for one in lm.encoder_parameters.values())
    assert not any(one is embeddings for one in lm.head_parameters.values())
    n_parameters = len(lm.encoder_parameters) + len(lm.head_parameters)
    assert n_parameters == len(list(lm.model.parameters()))
    expected = load_encoder(folder).module.model.state_dict()
    ours = lm.model.base_model.state_dict()
    assert all(torch.equal(ours[name], expected[name]) for name in ours)


@pytest.mark.parametrize(("kind", "expected"), [("Bert", "sdpa"), ("MPNet", "eager")])
def test_a_gpu_gets_the_attention_that_it_is_fast_at(make_encoder, load, kind, expected):
    lm = load(make_encoder(kind))
    lm.predictor.eval()
    assert lm.model.config._attn_implementation == "eager"
    ids, positions = torch.randint(5, 49, (2, 12)), torch.tensor([0, 7, 20])
    before = lm.predictor(ids, positions)
    choose_attention(lm.model, torch.device("cuda"))
    assert lm.model.config._attn_implementation == expected
    torch.testing.assert_close(lm.predictor(ids, positions), before)


def test_a_new_head_guesses_the_frequent_first(make_encoder, load):
    lm = load(make_encoder("Bert"))
    counts = np.arange(lm.model.config.vocab_size)
    start_from_frequencies(lm.model, counts)
    bias = lm.model.get_output_embeddings().bias
    torch.testing.assert_close(bias.exp().sum(), torch.tensor(1.0))
    assert bias.argmax() == len(counts) - 1
    assert (bias.diff() > 0).all()


def test_what_cannot_be_masked_is_an_encoder_error(tmp_path, tokenizer):
    shape = {name: value for name, value in SHAPE.items() if name != "pad_token_id"}
    model = AutoModel.from_config(LlamaConfig(vocab_size=tokenizer.get_vocab_size(), **shape))
    model.save_pretrained(tmp_path)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(EncoderError, match="no masked language model of type 'llama'"):
        load_masked_lm(load_encoder(tmp_path), device=torch.device("cpu"))


def test_more_pieces_than_embeddings_are_an_encoder_error(make_encoder, load):
    folder = make_encoder("Bert")
    larger = make_tokenizer()
    larger.add_tokens(["zzz"])
    larger.save(str(folder / "tokenizer.json"))
    with pytest.raises(EncoderError, match="embeddings for 49 pieces, but its tokenizer makes 50"):
        load(folder)
