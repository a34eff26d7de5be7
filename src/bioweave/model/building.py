"""Settings -> a tagger with its encoders loaded and its own parts fresh."""

from __future__ import annotations

from collections.abc import Sequence

from bioweave.errors import ConfigurationError
from bioweave.model.encoder import Encoder, load_encoder
from bioweave.model.heads import Head
from bioweave.model.settings import InputSizes, TaggerSettings
from bioweave.model.tagger import Tagger, VectorMatrix


def build_tagger(
    settings: TaggerSettings,
    heads: Sequence[Head],
    *,
    encoder: Encoder | None = None,
    second_encoder: Encoder | None = None,
    sizes: InputSizes | None = None,
    vectors: VectorMatrix | None = None,
) -> Tagger:
    """A tagger as the settings say, its own parts freshly initialised.

    `encoder` is what `load_encoder(settings.encoder)` would give, where the caller has it already,
    and so is `second_encoder`.
    `sizes` counts the values of the inputs that the settings switch on. `vectors` [rows, features]
    holds the words' embeddings, row 0 for unknown words.

    Raises ConfigurationError where an input is switched on but its size or matrix is missing, and
    EncoderError where the encoder cannot be loaded.
    """
    sizes = sizes or InputSizes()
    if not heads:
        raise ConfigurationError("a tagger needs at least one head")
    if len({head.name for head in heads}) < len(heads):
        raise ConfigurationError(f"two heads share a name: {[head.name for head in heads]}")
    for name, is_on, size in (
        ("characters", settings.characters != "none", sizes.characters),
        ("pos", settings.pos, sizes.pos),
        ("dictionary", settings.dictionary, sizes.dictionary),
        ("templates", settings.templates, sizes.templates),
        ("vectors", settings.vectors, 0 if vectors is None else len(vectors)),
    ):
        if is_on and size < 1:
            raise ConfigurationError(f"model.{name} is on, but nothing says how many there are")
    if settings.encoder is None:
        encoder = None
    elif encoder is None:
        encoder = load_encoder(settings.encoder)
    if settings.second_encoder is None:
        second_encoder = None
    elif second_encoder is None:
        second_encoder = load_encoder(settings.second_encoder)
    return Tagger(
        settings,
        heads,
        encoder=encoder.module if encoder else None,
        encoder_width=encoder.width if encoder else 0,
        sizes=sizes,
        vectors=vectors if settings.vectors else None,
        second_encoder=second_encoder.module if second_encoder else None,
        second_width=second_encoder.width if second_encoder else 0,
    )
