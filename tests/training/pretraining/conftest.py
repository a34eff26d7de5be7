"""Tiny encoders that can be pretrained, and a text that nobody wrote."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import AutoModel, AutoModelForMaskedLM, PreTrainedConfig

from bioweave.training.pretraining.masked_lm import MaskedLanguageModel, load_masked_lm
from bioweave.training.pretraining.special import SpecialPieces, special_pieces

SYLLABLES = "al ben cor dex er fi gan hy in ket lor mi nol ox pra qui ra sul ta ur vir".split()
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
SHAPE = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 24,
    "max_position_embeddings": 40,
    "pad_token_id": 0,
}


def make_tokenizer(special: Sequence[str] = SPECIAL) -> Tokenizer:
    """WordPiece over syllables: most words are of several pieces."""
    names = [*special, *SYLLABLES, *(f"##{one}" for one in SYLLABLES), ",", "."]
    vocabulary = {name: n for n, name in enumerate(names)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


def make_lines(n: int, seed: int = 0) -> list[str]:
    """Passages about one of four topics each, which share no syllable.

    What is hidden can be guessed from the rest, down to a fourth of what frequency alone allows.
    """
    chance = random.Random(seed)
    topics = [
        ["".join(chance.choices(SYLLABLES[first::4], k=chance.randint(1, 3))) for _ in range(8)]
        for first in range(4)
    ]
    return [
        " ".join(chance.choices(chance.choice(topics), k=chance.randint(8, 30))) + "."
        for _ in range(n)
    ]


def config_of(kind: str, tokenizer: Tokenizer) -> PreTrainedConfig:
    """A configuration of transformers' class `kind`Config, for two layers of 16."""
    shape = dict(SHAPE, vocab_size=tokenizer.get_vocab_size())
    if kind == "DistilBert":
        shape |= {"dim": 16, "n_layers": 2, "n_heads": 2, "hidden_dim": 24}
        for name in ("hidden_size", "num_hidden_layers", "num_attention_heads"):
            del shape[name]
    if kind == "Electra":
        shape["embedding_size"] = 8
    config: PreTrainedConfig = getattr(transformers, f"{kind}Config")(**shape)
    return config


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    return make_tokenizer()


@pytest.fixture(scope="session")
def special(tokenizer: Tokenizer) -> SpecialPieces:
    return special_pieces(tokenizer, name="tiny")


@pytest.fixture
def make_encoder(tmp_path: Path, tokenizer: Tokenizer) -> Callable[..., Path]:
    """`make_encoder(kind, has_head=False)`: the folder of a random encoder."""

    def make(kind: str = "Bert", *, has_head: bool = False, pieces: Tokenizer = tokenizer) -> Path:
        folder = tmp_path / f"{kind}-{has_head}"
        torch.manual_seed(0)
        auto = AutoModelForMaskedLM if has_head else AutoModel
        auto.from_config(config_of(kind, pieces)).save_pretrained(folder)
        pieces.save(str(folder / "tokenizer.json"))
        return folder

    return make


@pytest.fixture
def load() -> Callable[[Path], MaskedLanguageModel]:
    """The masked language model of an encoder's folder, on CPU."""
    from bioweave.model.encoder import load_encoder

    def load_from(folder: Path) -> MaskedLanguageModel:
        return load_masked_lm(load_encoder(folder), device=torch.device("cpu"))

    return load_from


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """Two hundred passages in a file, with blank lines between some of them."""
    path = tmp_path / "text.txt"
    lines = make_lines(200)
    path.write_text("\n".join([*lines[:100], "", "  ", *lines[100:]]) + "\n", encoding="utf-8")
    return path
