"""A tiny encoder and recipes over the sample corpus, for runs that take seconds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from bioweave import corpus

RECIPE = """
name = "tiny"
labels = ["Disease", "Chemical"]
seed = 3
corpora = [{{name = "sample"}}]

[model]
encoder = "{encoder}"

[windows]
max_pieces = 64

[training]
epochs = 2
batch_size = 4
encoder_learning_rate = 3e-3
head_learning_rate = 1e-2
precision = "fp32"
"""


@pytest.fixture(scope="session")
def sample_corpora() -> Path:
    """The folder of the committed corpora."""
    return Path(__file__).parents[1] / "data" / "corpora"


@pytest.fixture(autouse=True)
def _use_sample(monkeypatch: pytest.MonkeyPatch, sample_corpora: Path) -> None:
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(sample_corpora))


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory, sample_corpora: Path) -> Path:
    """The folder of an untrained BERT of two layers that knows the sample corpus's words."""
    folder = tmp_path_factory.mktemp("encoder")
    documents = corpus.load("sample", "train", sample_corpora)
    words = sorted({word.lower() for document in documents for word in document.text.split()})
    letters = sorted({letter for word in words for letter in word})
    units = dict.fromkeys([*words, *letters, *(f"##{letter}" for letter in letters)])
    vocabulary = {piece: i for i, piece in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *units])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(0)
    model = BertModel(
        BertConfig(
            vocab_size=len(vocabulary),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=128,
        )
    )
    model.save_pretrained(folder)
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizer"}))
    return folder


@pytest.fixture
def recipe(tiny_encoder: Path, tmp_path: Path) -> Path:
    """A recipe that trains the tiny encoder on the sample corpus."""
    path = tmp_path / "tiny.toml"
    path.write_text(RECIPE.format(encoder=tiny_encoder))
    return path


@pytest.fixture
def numbers_of() -> Callable[[Path], list[float]]:
    """Reads all of a run's weights, flat."""
    from safetensors.torch import load_file

    def read(run: Path) -> list[float]:
        weights = load_file(run / "tagger.safetensors")
        return torch.cat([weights[name].flatten() for name in sorted(weights)]).tolist()

    return read
