import pytest
from torch import nn
from transformers import (
    BertConfig,
    BertModel,
    DistilBertConfig,
    DistilBertModel,
    MPNetConfig,
    MPNetModel,
)

from bioweave.model.encoder import PieceEncoder
from bioweave.training.dropout import set_encoder_dropout

SMALL = {"hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "vocab_size": 9}


@pytest.mark.parametrize(
    ("model", "n_layers"),
    [
        (BertModel(BertConfig(**SMALL)), 2),
        (MPNetModel(MPNetConfig(**SMALL)), 2),
        (DistilBertModel(DistilBertConfig(dim=8, n_layers=2, n_heads=2, vocab_size=9)), 2),
    ],
)
def test_attention_weights_and_all_else_are_told_apart(model: nn.Module, n_layers: int) -> None:
    encoder = PieceEncoder(model)
    set_encoder_dropout(encoder, hidden=0.25, attention=0.5)
    found = [module.p for module in encoder.modules() if isinstance(module, nn.Dropout)]
    assert found.count(0.5) == n_layers
    assert found.count(0.25) == len(found) - n_layers >= n_layers
