"""Context and characters: equal to PyTorch's own, and blind to padding and neighbours."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from bioweave.model.characters import CharacterBiLSTM, CharacterCnn
from bioweave.model.context import BidirectionalContext, mirror_index

LENGTHS = torch.tensor([7, 1, 4])


def bidirectional_twin(context: BidirectionalContext, kind: str) -> nn.RNNBase:
    """PyTorch's bidirectional network with the same weights."""
    network = {"bilstm": nn.LSTM, "bigru": nn.GRU}[kind]
    twin = network(5, 4, num_layers=2, bidirectional=True, batch_first=True)
    with torch.no_grad():
        for number, layer in enumerate(context.layers):
            for suffix, one in zip(("", "_reverse"), layer, strict=True):
                for name, parameter in one.named_parameters():
                    target = name.replace("_l0", f"_l{number}{suffix}")
                    getattr(twin, target).copy_(parameter)
    return twin


@pytest.mark.parametrize("kind", ["bilstm", "bigru"])
def test_equals_packed_sequences(kind):
    context = BidirectionalContext(kind, 5, 8, n_layers=2)
    words = torch.randn(3, 7, 5)
    packed = pack_padded_sequence(words, LENGTHS, batch_first=True, enforce_sorted=False)
    expected, _ = pad_packed_sequence(bidirectional_twin(context, kind)(packed)[0], True)
    found = context(words, LENGTHS)
    is_word = torch.arange(7)[None] < LENGTHS[:, None]
    torch.testing.assert_close(found[is_word], expected[is_word])


@pytest.mark.parametrize("kind", ["bilstm", "bigru"])
def test_padding_and_neighbours_change_nothing(kind):
    context = BidirectionalContext(kind, 5, 8)
    words = torch.randn(3, 7, 5)
    together = context(words, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        alone = context(words[row : row + 1, :length], LENGTHS[row : row + 1])
        torch.testing.assert_close(together[row, :length], alone[0])


def test_initialisation_opens_the_forget_gate():
    (layer,) = BidirectionalContext("bilstm", 5, 8).layers
    for network in layer:
        bias = network.bias_ih_l0 + network.bias_hh_l0
        assert bias.tolist() == [0.0] * 4 + [1.0] * 4 + [0.0] * 8
        gate = network.weight_hh_l0[:4]
        torch.testing.assert_close(gate @ gate.T, torch.eye(4), atol=1e-5, rtol=0)


def test_mirror_is_its_own_inverse():
    mirror = mirror_index(LENGTHS, 7)
    assert mirror[2].tolist() == [3, 2, 1, 0, 4, 5, 6]
    assert torch.equal(mirror.gather(1, mirror), torch.arange(7).expand(3, 7))


@pytest.mark.parametrize("kind", [CharacterBiLSTM, CharacterCnn])
def test_characters_depend_on_the_word_alone(kind):
    layer = kind(20, 5, 6)
    words = torch.tensor([[[3, 4, 5, 0, 0], [7, 0, 0, 0, 0]], [[5, 4, 3, 2, 1], [0, 0, 0, 0, 0]]])
    vectors = layer(words)
    assert vectors.shape == (2, 2, 6)
    torch.testing.assert_close(layer(words[:1, :1, :3])[0, 0], vectors[0, 0])
    torch.testing.assert_close(layer(words[:1, 1:, :1])[0, 0], vectors[0, 1])
    torch.testing.assert_close(layer(nn.functional.pad(words, [0, 4])), vectors)
    assert not vectors[1, 1].any()


def test_character_lstm_is_the_last_state_of_each_direction():
    layer = CharacterBiLSTM(20, 5, 6)
    word = torch.tensor([3, 4, 5])
    ((rightward, leftward),) = layer.network.layers
    states = (
        rightward(layer.embedding(word)[None])[1][0],
        leftward(layer.embedding(word.flip(0))[None])[1][0],
    )
    torch.testing.assert_close(layer(word[None, None])[0, 0], torch.cat([s[0, 0] for s in states]))


def test_character_cnn_is_the_maximum_over_trigrams():
    layer = CharacterCnn(20, 5, 6)
    padded = layer.embedding(torch.tensor([0, 3, 4, 0]))
    windows = torch.stack([padded[0:3], padded[1:4]])  # [place, character, feature]
    answers = torch.einsum("pcf,ofc->po", windows, layer.filters.weight) + layer.filters.bias
    torch.testing.assert_close(layer(torch.tensor([[[3, 4, 0]]]))[0, 0], answers.amax(0))


def test_padding_is_no_character():
    layer = CharacterCnn(20, 5, 6)
    assert not layer.embedding.weight[0].any()
    layer(torch.tensor([[[3, 0, 0]]])).sum().backward()
    assert not layer.embedding.weight.grad[0].any()
    assert layer.embedding.weight.grad[3].any()
