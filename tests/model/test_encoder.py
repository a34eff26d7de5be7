"""Loading encoders: from folders, with their tokenizers as the tagger needs them."""

from __future__ import annotations

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from transformers import AutoModelForMaskedLM, BertConfig

from bioweave.errors import EncoderError
from bioweave.model import load_encoder
from bioweave.model.encoder import PieceEncoder

from .conftest import tiny_encoder, tiny_tokenizer


@pytest.fixture
def folder(tmp_path):
    """A saved tiny BERT with a pooler, and a tokenizer that pads and truncates."""
    encoder = tiny_encoder("bert")
    encoder.module.model.save_pretrained(tmp_path)
    tokenizer = tiny_tokenizer()
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=8)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return tmp_path


def test_a_folder_gives_encoder_tokenizer_and_width(folder):
    encoder = load_encoder(folder)
    assert (encoder.width, encoder.max_pieces) == (16, 70)
    assert encoder.module.model.pooler is None
    ids = torch.tensor([encoder.tokenizer.encode("abc abd").ids])
    assert encoder.module(ids, torch.ones_like(ids)).shape == (1, ids.shape[1], 16)


def test_the_tokenizer_neither_pads_nor_truncates(folder):
    tokenizer = load_encoder(folder).tokenizer
    assert len(tokenizer.encode("a").ids) == 3
    assert len(tokenizer.encode("abc " * 20).ids) == 62


def test_padding_does_not_reach_other_pieces(folder):
    encoder = load_encoder(folder).module.eval()
    ids = torch.randint(5, 50, (2, 12))
    mask = torch.ones_like(ids)
    mask[0, 7:] = 0
    padded = encoder(ids, mask)
    torch.testing.assert_close(padded[:1, :7], encoder(ids[:1, :7], mask[:1, :7]))


def test_a_masked_language_model_has_all_an_encoder_needs(tmp_path):
    config = BertConfig(
        vocab_size=50,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
    )
    model = AutoModelForMaskedLM.from_config(config)
    model.save_pretrained(tmp_path)
    tiny_tokenizer().save(str(tmp_path / "tokenizer.json"))
    loaded = load_encoder(tmp_path).module.model
    expected = model.bert.embeddings.word_embeddings.weight
    assert torch.equal(loaded.embeddings.word_embeddings.weight, expected)


def test_missing_weights_are_an_error(folder):
    (folder / "config.json").write_text(
        (folder / "config.json")
        .read_text()
        .replace('"num_hidden_layers": 2', '"num_hidden_layers": 3')
    )
    with pytest.raises(EncoderError, match=r"lacks \d+ weights"):
        load_encoder(folder)


def test_without_weights_it_has_the_shape_only(folder, tmp_path):
    encoder = load_encoder(folder)
    encoder.save(tmp_path / "run")
    assert not list((tmp_path / "run").glob("*.safetensors"))
    blank = load_encoder(tmp_path / "run", pretrained=False)
    assert blank.tokenizer.to_str() == encoder.tokenizer.to_str()
    assert (blank.width, blank.max_pieces) == (encoder.width, encoder.max_pieces)
    blank.module.load_state_dict(encoder.module.state_dict())
    ids = torch.tensor([[2, 9, 3]])
    assert torch.equal(
        blank.module.eval()(ids, torch.ones_like(ids)),
        encoder.module.eval()(ids, torch.ones_like(ids)),
    )


@pytest.mark.parametrize("name", ["no-such-organisation/no-such-model", "no/such/folder", ""])
def test_what_is_nowhere_is_an_error_with_a_remedy(name):
    with pytest.raises(EncoderError, match="bioweave encoders fetch"):
        load_encoder(name)


def test_a_short_name_that_was_not_fetched_says_how(monkeypatch, tmp_path):
    monkeypatch.setenv("BIOWEAVE_HOME", str(tmp_path))
    with pytest.raises(EncoderError, match="bioweave encoders fetch mpnet"):
        load_encoder("mpnet")


def test_a_short_name_is_looked_up_in_the_cache(monkeypatch, tmp_path, folder):
    monkeypatch.setenv("BIOWEAVE_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "encoders").mkdir(parents=True)
    (tmp_path / "home" / "encoders" / "minilm").symlink_to(folder)
    assert load_encoder("minilm").width == 16


@pytest.mark.parametrize("is_cased", [True, False])
def test_a_cased_vocabulary_keeps_its_capitals(folder, is_cased):
    names = ["[UNK]", "[CLS]", "[SEP]", "p53", "protein", "Protein" if is_cased else "tumour"]
    tokenizer = Tokenizer(WordPiece({name: n for n, name in enumerate(names)}, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    pieces = load_encoder(folder).tokenizer.encode("Protein").tokens
    assert pieces == (["Protein"] if is_cased else ["protein"])


def test_positions_that_begin_after_the_padding_are_fewer(tmp_path):
    encoder = tiny_encoder("mpnet")
    encoder.module.model.save_pretrained(tmp_path)
    encoder.tokenizer.save(str(tmp_path / "tokenizer.json"))
    loaded = load_encoder(tmp_path)
    assert loaded.max_pieces == 68
    ids = torch.full((1, loaded.max_pieces), 9)
    assert loaded.module(ids, torch.ones_like(ids)).isfinite().all()


def test_the_pooler_goes():
    module = tiny_encoder("bert").module
    assert isinstance(module, PieceEncoder)
    assert not [name for name, _ in module.named_parameters() if "pooler" in name]
