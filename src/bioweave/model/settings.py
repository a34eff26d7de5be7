"""The tagger's settings: what a recipe's `[model]` table says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bioweave.errors import ConfigurationError

Pooling = Literal["first", "mean", "first_last"]
CharacterModel = Literal["none", "bilstm", "cnn"]
ContextModel = Literal["none", "bilstm", "bigru"]
VectorsAt = Literal["words", "pieces", "both"]
Decoder = Literal["crf", "softmax"]
Join = Literal["concat", "gate"]


@dataclass(frozen=True, slots=True)
class TaggerSettings:
    """Which parts the tagger has and how wide they are; widths are numbers of features.

    The default is the plain strong baseline: a pretrained encoder and a CRF. Everything that the
    source paper adds below and above it is switched on by the recipe.
    """

    # A hub id, a folder, or one of `bioweave encoders list`; None for a tagger without one, which
    # a recipe spells "none".
    encoder: str | None = "minilm"
    # What stands for a word of several pieces. Devlin et al., 2019, take the first.
    pooling: Pooling = "first"
    # Another encoder beside it, which sees the same words in its own vocabulary, and how the two
    # vectors of a word become one: side by side, or mixed by a gate.
    second_encoder: str | None = None
    join: Join = "concat"
    # Word embeddings: their matrix comes with `build_tagger`. Frozen, unless the corpus is large
    # enough to move the words it holds without leaving the others behind.
    vectors: bool = False
    train_vectors: bool = False
    # Where they enter: beside the encoder's word vectors, as in the paper, or below the encoder,
    # added to each piece of the word, so that every layer above can use them in context.
    vectors_at: VectorsAt = "words"
    # Characters of a word: Lample et al., 2016 (bilstm, 25 a direction), or Ma and Hovy, 2016
    # (cnn, 30 filters of 3 characters). An embedding of 25 is theirs too.
    characters: CharacterModel = "none"
    character_width: int = 25
    character_output: int = 50
    # Parts of speech: some 45 tags need few features.
    pos: bool = False
    pos_width: int = 16
    # Dictionary hits enter as they are, one feature a label.
    dictionary: bool = False
    # Feature templates, hashed into so many buckets: with nothing else, a linear CRF.
    templates: bool = False
    template_buckets: int = 131_072
    template_width: int = 16
    # Over the words' vectors, and before the linear layer where a context stands between.
    dropout: float = 0.1
    # BLURB (Gu et al., 2021) finds a BiLSTM on a strong encoder worth nothing, hence none.
    context: ContextModel = "none"
    # Of both directions together.
    context_width: int = 256
    context_layers: int = 1
    # The paper's dimensionality reduction; 0 leaves it out.
    bottleneck: int = 0
    decoder: Decoder = "crf"

    def __post_init__(self) -> None:
        """Raise ConfigurationError for a value out of range, naming the key."""
        choices = {
            "pooling": Pooling,
            "characters": CharacterModel,
            "vectors_at": VectorsAt,
            "context": ContextModel,
            "decoder": Decoder,
            "join": Join,
        }
        for name, choice in choices.items():
            allowed = choice.__args__  # type: ignore[attr-defined]
            if getattr(self, name) not in allowed:
                raise ConfigurationError(
                    f"model.{name} is {getattr(self, name)!r}; choose from {', '.join(allowed)}"
                )
        if self.vectors and self.vectors_at != "words" and not self.encoder:
            raise ConfigurationError(
                f"model.vectors_at is {self.vectors_at!r}, but without an encoder there are no "
                'pieces; choose "words"'
            )
        if self.second_encoder and not self.encoder:
            raise ConfigurationError("model.second_encoder is set, but there is no first")
        if not 0.0 <= self.dropout < 1.0:
            raise ConfigurationError(f"model.dropout is {self.dropout}; it must be in [0, 1)")
        for name in (
            "character_width",
            "pos_width",
            "context_layers",
            "template_buckets",
            "template_width",
        ):
            if getattr(self, name) < 1:
                raise ConfigurationError(f"model.{name} is {getattr(self, name)}; it must be > 0")
        for name in ("character_output", "context_width"):
            if getattr(self, name) < 2 or getattr(self, name) % 2:
                raise ConfigurationError(
                    f"model.{name} is {getattr(self, name)}; it must be even, half a direction"
                )
        if self.bottleneck < 0:
            raise ConfigurationError(f"model.bottleneck is {self.bottleneck}; it must be >= 0")
        if not (self.encoder or self.vectors or self.characters != "none" or self.templates):
            raise ConfigurationError(
                "the model sees no words: name an encoder, or switch on vectors, characters or "
                "templates"
            )


@dataclass(frozen=True, slots=True)
class InputSizes:
    """How many values each categorical input has, 0 where the tagger does not take it.

    `characters` and `pos` count indices including 0 (padding and unknown); `dictionary` counts
    features, `templates` the buckets and 0.
    """

    characters: int = 0
    pos: int = 0
    dictionary: int = 0
    templates: int = 0
