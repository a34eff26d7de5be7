"""Tiny random encoders, and taggers on top of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from transformers import AutoModel, BertConfig, MPNetConfig

from bioweave.document import TagScheme
from bioweave.features.templates import TemplateHasher
from bioweave.model import Encoder, Head, InputSizes, Tagger, TaggerSettings, build_tagger
from bioweave.model.encoder import PieceEncoder

N_PIECE_IDS = 50
HEADS = (
    Head("diseases", ("Disease",)),
    Head("both", ("Disease", "Chemical"), TagScheme.BIOES),
)
SIZES = InputSizes(characters=20, pos=9, dictionary=2, templates=40)
EVERYTHING = {
    "vectors": True,
    "pos": True,
    "dictionary": True,
    "templates": True,
    "template_width": 4,
    "bottleneck": 8,
    "character_width": 5,
    "character_output": 6,
    "context_width": 12,
}


def tiny_tokenizer() -> Tokenizer:
    """A WordPiece tokenizer of N_PIECE_IDS pieces, uncased."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = [prefix + chr(ord("a") + n) for prefix in ("", "##") for n in range(20)]
    names = [*special, *letters, *(f"[unused{n}]" for n in range(5))]
    tokenizer = Tokenizer(WordPiece({name: n for n, name in enumerate(names)}, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


def tiny_encoder(kind: str, n_layers: int = 2) -> Encoder:
    """Layers of 16, random, with weights large enough for differences to show."""
    config = {"bert": BertConfig, "mpnet": MPNetConfig}[kind](
        vocab_size=N_PIECE_IDS,
        hidden_size=16,
        num_hidden_layers=n_layers,
        num_attention_heads=2,
        intermediate_size=24,
        max_position_embeddings=70,
        initializer_range=0.2,
    )
    model = AutoModel.from_config(config, attn_implementation="eager")
    return Encoder(kind, PieceEncoder(model), tiny_tokenizer(), width=16, max_pieces=64)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(7)


def tiny_tagger(
    kind: str | None = None,
    heads: tuple[Head, ...] = HEADS,
    n_layers: int = 2,
    **settings: object,
) -> Tagger:
    """A tagger in evaluation mode on a tiny encoder, or on none; its chains are random, too."""
    second = settings.get("second_encoder")
    tagger = build_tagger(
        TaggerSettings(encoder=kind, **settings),
        heads,
        encoder=tiny_encoder(kind, n_layers) if kind else None,
        second_encoder=tiny_encoder(str(second), n_layers) if second else None,
        sizes=SIZES,
        vectors=np.random.default_rng(0).normal(size=(30, 6)).astype(np.float32),
    )
    with torch.no_grad():
        for name, parameter in tagger.named_parameters():
            # What starts at zero would hide in every comparison.
            if ".chains." in name or name.startswith(("vectors_below.", "templates.")):
                parameter.normal_()
    return tagger.eval()


@pytest.fixture
def make_tagger() -> Callable[..., Tagger]:
    """`make_tagger("bert" | "mpnet" | None, **settings)`: see `tiny_tagger`."""
    return tiny_tagger


@pytest.fixture
def make_inputs() -> Callable[..., dict[str, torch.Tensor]]:
    """`make_inputs(batch, pieces, words)`: random inputs of every kind, rows of any length."""

    def make(batch: int, pieces: int, words: int, *, characters: int = 6, seed: int = 0):
        random = torch.Generator().manual_seed(seed)

        def integers(low: int, high: int, *shape: int) -> torch.Tensor:
            return torch.randint(low, high, shape, generator=random)

        n_pieces = integers(3, pieces + 1, batch)
        n_words = integers(1, words + 1, batch)
        is_word = torch.arange(words)[None] < n_words[:, None]
        start = integers(0, pieces, batch, words) % n_pieces[:, None]
        # Empty ranges too: some words have no piece.
        end = torch.minimum(start + integers(0, 4, batch, words), n_pieces[:, None])
        lengths = integers(0, characters + 1, batch, words) * is_word
        spelled = torch.arange(characters) < lengths[..., None]
        second_start = integers(0, pieces, batch, words)
        return {
            "second_piece_ids": integers(5, N_PIECE_IDS, batch, pieces + 2),
            "second_piece_mask": torch.ones(batch, pieces + 2, dtype=torch.int64),
            "second_word_pieces": torch.stack([second_start, second_start + 1], dim=-1),
            "piece_ids": integers(5, N_PIECE_IDS, batch, pieces),
            "piece_mask": (torch.arange(pieces)[None] < n_pieces[:, None]).long(),
            "word_pieces": torch.stack([start, end], dim=-1) * is_word[..., None],
            "n_words": n_words,
            "characters": integers(1, SIZES.characters, batch, words, characters) * spelled,
            "pos": integers(0, SIZES.pos, batch, words) * is_word,
            "vectors": integers(0, 30, batch, words) * is_word,
            "dictionary": integers(0, 2, batch, words, SIZES.dictionary) * is_word[..., None] * 1.0,
            "templates": integers(0, SIZES.templates, batch, words, TemplateHasher.n_templates),
        }

    return make


def used(tagger: Tagger, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor | None]:
    """The inputs that the tagger takes; the positional others None."""
    positional = ("piece_ids", "piece_mask", "word_pieces", "n_words")
    chosen = {name: inputs[name] for name in tagger.input_names}
    return {name: None for name in positional} | chosen


def word_rows(emissions: torch.Tensor, n_words: torch.Tensor) -> torch.Tensor:
    """The emissions of real words only: [words of all rows, tags]."""
    return emissions[torch.arange(emissions.shape[1])[None] < n_words[:, None]]
