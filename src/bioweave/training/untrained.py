"""The tagger before its first step, and what makes its inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from bioweave.bundle import OwnNames
from bioweave.errors import ConfigurationError
from bioweave.features.word_features import WordFeaturizer
from bioweave.model.building import build_tagger
from bioweave.model.encoder import Encoder, load_encoder
from bioweave.model.tagger import Tagger
from bioweave.training.data import RunCorpus, make_heads
from bioweave.training.dropout import set_encoder_dropout
from bioweave.training.examples import ExampleMaker
from bioweave.training.featurizing import input_sizes, make_featurizer, make_vectors
from bioweave.training.folder import RunFolder
from bioweave.training.recipe import Recipe
from bioweave.training.starting import Start, open_start, take_over
from bioweave.training.word_tokenizer import word_tokenizer


@dataclass(frozen=True, slots=True, eq=False)
class Untrained:
    """A tagger whose own parts are freshly initialised, with its encoders and featurizer."""

    tagger: Tagger
    tokenizer: Tokenizer
    encoder: Encoder | None
    second_encoder: Encoder | None
    featurizer: WordFeaturizer | None
    start: Start | None = None
    own_names: OwnNames | None = None

    def maker(self, recipe: Recipe) -> ExampleMaker:
        """What turns documents into the tagger's examples."""
        return ExampleMaker(
            self.tokenizer,
            recipe.windows,
            self.tagger.heads.heads,
            self.featurizer,
            self.second_encoder.tokenizer if self.second_encoder else None,
        )

    def save(self, folder: RunFolder) -> None:
        """Write what the run's weights will need to be read again."""
        if self.encoder is not None:
            self.encoder.save(folder.encoder)
        if self.second_encoder is not None:
            self.second_encoder.save(folder.second_encoder)
        self.tokenizer.save(str(folder.tokenizer))
        if self.featurizer is not None:
            self.featurizer.save(folder.features)
        if self.own_names is not None:
            self.own_names.save(folder.own_names)


def build_untrained(recipe: Recipe, corpora: tuple[RunCorpus, ...]) -> Untrained:
    """The recipe's tagger; word embeddings are trained on the corpora where it says so.

    Raises EncoderError where an encoder cannot be loaded, and ConfigurationError where the second
    one cannot see as many pieces as a window may have, or the model to start from does not fit.
    """
    encoder = load_encoder(recipe.model.encoder) if recipe.model.encoder else None
    second = load_encoder(recipe.model.second_encoder) if recipe.model.second_encoder else None
    if second is not None and second.max_pieces < recipe.windows.second_max_pieces:
        raise ConfigurationError(
            f"windows.second_max_pieces is {recipe.windows.second_max_pieces}, and "
            f"{second.name} takes {second.max_pieces}: set it to that or less"
        )
    start = open_start(recipe.start_from) if recipe.start_from is not None else None
    if start is not None:
        # The same places in the same tables: what the weights were trained on.
        featurizer, matrix = _features_of(start, recipe)
    else:
        vectors = make_vectors(recipe, [document for one in corpora for document in one.train])
        featurizer = make_featurizer(recipe, vectors)
        matrix = vectors.matrix if vectors is not None else None
    tagger = build_tagger(
        recipe.model,
        make_heads(recipe),
        encoder=encoder,
        second_encoder=second,
        sizes=input_sizes(featurizer),
        vectors=matrix,
    )
    tokenizer = encoder.tokenizer if encoder else word_tokenizer()
    if start is not None:
        take_over(tagger, start, tokenizer)
    for one in (encoder, second):
        if one is not None:
            set_encoder_dropout(
                one.module,
                hidden=recipe.training.encoder_dropout,
                attention=recipe.training.attention_dropout,
            )
    if recipe.training.freeze_encoder:
        for parameter in tagger.encoder_parameters():
            parameter.requires_grad_(False)
    names = marked_names(recipe, corpora)
    return Untrained(tagger, tokenizer, encoder, second, featurizer, start, names)


def marked_names(recipe: Recipe, corpora: Sequence[RunCorpus]) -> OwnNames | None:
    """What the corpora's training documents call what the recipe wants to know by its names.

    None where it wants none.
    """
    if not recipe.own_names:
        return None
    return OwnNames.of_members(
        OwnNames.of_documents(
            one.train,
            [
                label
                for label in one.learned_labels(recipe.head_choices, auxiliary=False)
                if label in recipe.own_names
            ],
        )
        for one in corpora
    )


def _features_of(
    start: Start, recipe: Recipe
) -> tuple[WordFeaturizer | None, npt.NDArray[np.float32] | None]:
    if start.manifest.features != recipe.features:
        raise ConfigurationError(
            f"{start.name} reads {_listed(start.manifest.features.inputs)} beside pieces, and the "
            f"recipe's model {_listed(recipe.features.inputs)}: [model] must be the same"
        )
    matrix = start.weights.get("vectors.weight")
    return start.featurizer, matrix.numpy() if matrix is not None else None


def _listed(inputs: Sequence[str]) -> str:
    return ", ".join(inputs) or "nothing"
