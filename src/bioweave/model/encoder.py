"""The pretrained encoder below the tagger: transformers' model and its tokenizer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tokenizers
import torch
from torch import nn
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedModel
from transformers.utils import logging as transformers_logging

from bioweave.errors import EncoderError
from bioweave.model.encoders import ENCODERS, encoder_folder, is_fetched
from bioweave.model.shapes import PieceIds, PieceMask, PieceVectors

# On CPU, in bfloat16 and at 128 pieces, 3 to 10 percent faster to train than the fused kernel;
# MPNet knows no other.
ATTENTION = "eager"


class PieceEncoder(nn.Module):
    """A transformers model reduced to one thing: a vector for each piece, from its last layer."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        # The pooler sees only the first piece, and nothing here asks for it.
        if getattr(model, "pooler", None) is not None:
            model.pooler = None  # type: ignore[assignment]
        self.model = model

    @property
    def embedding_width(self) -> int:
        """The number of features of a piece's embedding, below the first layer."""
        embeddings = self.model.get_input_embeddings()
        assert isinstance(embeddings, nn.Embedding)
        return embeddings.embedding_dim

    def forward(
        self, piece_ids: PieceIds, piece_mask: PieceMask, added: PieceVectors | None = None
    ) -> PieceVectors:
        """Vectors [batch, pieces, width]; what stands at padding means nothing.

        `added` [batch, pieces, embedding_width] is added to the pieces' own embeddings.
        """
        if added is None:
            inputs = {"input_ids": piece_ids}
        else:
            inputs = {"inputs_embeds": self.model.get_input_embeddings()(piece_ids) + added}
        vectors: torch.Tensor = self.model(**inputs, attention_mask=piece_mask).last_hidden_state
        return vectors


@dataclass(frozen=True, slots=True)
class Encoder:
    """An encoder with what belongs to it.

    `width` is the number of features of a piece's vector, `max_pieces` the longest input it was
    built for (special tokens included). The tokenizer neither pads nor truncates.
    """

    name: str
    module: PieceEncoder
    tokenizer: tokenizers.Tokenizer
    width: int
    max_pieces: int

    def save(self, folder: Path) -> None:
        """Write configuration and tokenizer, without weights, for `load_encoder` to read again."""
        folder.mkdir(parents=True, exist_ok=True)
        self.module.model.config.save_pretrained(folder)
        self.tokenizer.save(str(folder / "tokenizer.json"))


def load_encoder(name_or_path: str | Path, *, pretrained: bool = True) -> Encoder:
    """The encoder of a short name (`minilm`, `mpnet`), a folder, or a hub id.

    With `pretrained` False its weights are random: for a run's own weights to fill.

    Raises EncoderError, saying what to do, where it is missing, unreachable, lacks weights, or has
    no fast tokenizer.
    """
    source = _locate(str(name_or_path))
    transformers_logging.disable_progress_bar()
    try:
        model = _pretrained(source) if pretrained else _untrained(source)
        tokenizer = _tokenizer(source)
    except (OSError, ValueError, KeyError) as error:
        reason = (str(error).strip() or repr(error)).splitlines()[0].rstrip(".")
        raise EncoderError(
            f"encoder {str(name_or_path)!r} cannot be loaded: {reason}. It may be a folder with "
            f"config.json, weights and tokenizer, a hub id (which needs the network, or a copy in "
            f"the cache), or one of {', '.join(ENCODERS)} (`bioweave encoders fetch`)"
        ) from error
    config = model.config
    return Encoder(
        name=str(name_or_path),
        module=PieceEncoder(model),
        tokenizer=tokenizer,
        width=int(config.hidden_size),
        max_pieces=_max_pieces(config),
    )


@contextmanager
def without_load_report() -> Iterator[None]:
    """Inside, transformers prints no table of weights that are missing or left over.

    What is missing is checked after loading; a pooler or a masked language model's head is left
    over from many an encoder.
    """
    verbosity = transformers_logging.get_verbosity()
    transformers_logging.set_verbosity_error()
    try:
        yield
    finally:
        transformers_logging.set_verbosity(verbosity)


def _locate(name: str) -> str:
    if name not in ENCODERS or Path(name).is_dir():
        return name
    if not is_fetched(name):
        raise EncoderError(
            f"encoder {name!r} is not in the cache ({encoder_folder(name)}): "
            f"run `bioweave encoders fetch {name}` or `make encoders`"
        )
    return str(encoder_folder(name))


def _pretrained(source: str) -> PreTrainedModel:
    model: PreTrainedModel
    with without_load_report():
        model, loading = AutoModel.from_pretrained(
            source,
            attn_implementation=ATTENTION,
            dtype=torch.float32,
            output_loading_info=True,
        )
    missing = [key for key in loading["missing_keys"] if "pooler" not in key]
    if missing:
        raise EncoderError(
            f"encoder {source!r} lacks {len(missing)} weights, {missing[0]} among them: "
            f"its config.json does not fit its weights"
        )
    return model


def _untrained(source: str) -> PreTrainedModel:
    config = AutoConfig.from_pretrained(source)
    model: PreTrainedModel = AutoModel.from_config(
        config, attn_implementation=ATTENTION, dtype=torch.float32
    )
    return model


def _tokenizer(source: str) -> tokenizers.Tokenizer:
    file = Path(source) / "tokenizer.json"
    if file.is_file():
        tokenizer = tokenizers.Tokenizer.from_file(str(file))
    else:
        found = getattr(AutoTokenizer.from_pretrained(source), "backend_tokenizer", None)
        if not isinstance(found, tokenizers.Tokenizer):
            raise EncoderError(
                f"encoder {source!r} has no fast tokenizer, and without one there are no offsets: "
                f"choose an encoder with a tokenizer.json"
            )
        tokenizer = found
    tokenizer.no_truncation()
    tokenizer.no_padding()
    _keep_case(tokenizer)
    return tokenizer


def _keep_case(tokenizer: tokenizers.Tokenizer) -> None:
    """Stop lower-casing before a vocabulary that knows capitals.

    BioBERT's repository says nothing of case, and transformers then lower-cases by default, which
    leaves half of a cased vocabulary unused.
    """
    normalizer: Any = tokenizer.normalizer
    if not isinstance(normalizer, tokenizers.normalizers.BertNormalizer):
        return
    if normalizer.lowercase and any(
        piece.isalpha() and piece != piece.lower() for piece in tokenizer.get_vocab()
    ):
        # The accents follow the case unless they were set apart.
        state = json.loads(tokenizer.to_str())["normalizer"]
        tokenizer.normalizer = tokenizers.normalizers.BertNormalizer(
            clean_text=state["clean_text"],
            handle_chinese_chars=state["handle_chinese_chars"],
            strip_accents=state["strip_accents"],
            lowercase=False,
        )


def _max_pieces(config: Any) -> int:
    positions = int(getattr(config, "max_position_embeddings", 512))
    # These count their positions from after the padding's own index.
    if config.model_type in {"roberta", "xlm-roberta", "mpnet", "camembert"}:
        positions -= int(config.pad_token_id) + 1
    return positions
