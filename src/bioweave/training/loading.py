"""A finished run, opened again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from safetensors.torch import load_file
from tokenizers import Tokenizer

from bioweave import __version__
from bioweave.bundle import Bundle, HeadManifest, Manifest, OwnNames
from bioweave.features.lexicon_dictionary import LexiconDictionary
from bioweave.features.word_features import WordFeaturizer
from bioweave.lexicon import SourceInfo
from bioweave.model.building import build_tagger
from bioweave.model.encoder import load_encoder
from bioweave.model.tagger import Tagger
from bioweave.training.data import make_heads
from bioweave.training.featurizing import input_sizes
from bioweave.training.folder import RunFolder
from bioweave.training.licences import licences_of
from bioweave.training.recipe import Recipe
from bioweave.training.recipe_file import load_recipe
from bioweave.training.torch_graph import TorchGraph, chains_of


@dataclass(frozen=True, slots=True, eq=False)
class FinishedRun:
    """A run's best tagger and all that belongs to it."""

    recipe: Recipe
    record: dict[str, Any]
    tagger: Tagger
    tokenizer: Tokenizer
    featurizer: WordFeaturizer | None
    second_tokenizer: Tokenizer | None = None
    own_names: OwnNames | None = None

    @property
    def manifest(self) -> Manifest:
        """What a bundle made from the run says of itself, before anything was measured."""
        names = _name_sources(self.featurizer)
        return Manifest(
            name=self.recipe.name,
            bioweave_version=__version__,
            heads=tuple(
                HeadManifest(
                    name=head.name,
                    labels=head.labels,
                    scheme=head.scheme,
                    decoder=self.recipe.model.decoder,
                )
                for head in self.tagger.heads.heads
            ),
            windows=self.recipe.windows,
            features=self.recipe.features,
            thresholds=self.recipe.thresholds,
            lexicon_thresholds=self.recipe.lexicon_thresholds,
            short_forms=self.recipe.short_forms,
            provenance=_provenance(self.recipe, self.record, names, self.own_names),
            licences=_licences(self.recipe, names),
        )


def open_run(path: Path) -> FinishedRun:
    """The run in a folder. Raises ConfigurationError where it is none, or is unfinished."""
    folder = RunFolder(path)
    record = folder.read_finished_record()
    recipe = load_recipe(folder.recipe)
    encoder = load_encoder(folder.encoder, pretrained=False) if recipe.model.encoder else None
    second = None
    if recipe.model.second_encoder:
        second = load_encoder(folder.second_encoder, pretrained=False)
    featurizer = WordFeaturizer.load(folder.features) if recipe.features.inputs else None
    weights = load_file(folder.weights)
    matrix = weights.get("vectors.weight")
    tagger = build_tagger(
        recipe.model,
        make_heads(recipe),
        encoder=encoder,
        second_encoder=second,
        sizes=input_sizes(featurizer),
        vectors=matrix.numpy() if matrix is not None else None,
    )
    tagger.load_state_dict(weights)
    tagger = tagger.without_auxiliary_heads().eval()
    return FinishedRun(
        recipe,
        record,
        tagger,
        Tokenizer.from_file(str(folder.tokenizer)),
        featurizer,
        second.tokenizer if second else None,
        OwnNames.load(folder.own_names) if recipe.own_names else None,
    )


def is_run(path: Path) -> bool:
    """Whether this is the folder of a run, finished or not."""
    return RunFolder(path).record.is_file()


def load_run(path: Path, *, precision: Literal["fp32", "bf16"] = "fp32") -> Bundle:
    """A finished run as a bundle whose graph is the PyTorch tagger itself."""
    run = open_run(path)
    return Bundle(
        manifest=run.manifest,
        tokenizer=run.tokenizer,
        chains=chains_of(run.tagger),
        graph=TorchGraph(run.tagger, precision=precision),
        featurizer=run.featurizer,
        second_tokenizer=run.second_tokenizer,
        own_names=run.own_names,
    )


def _provenance(
    recipe: Recipe,
    record: dict[str, Any],
    names: Sequence[SourceInfo],
    own_names: OwnNames | None,
) -> dict[str, Any]:
    kept = (
        "name",
        "seed",
        "command",
        "code",
        "packages",
        "corpora",
        "dropped",
        "distillation",
        "started_from",
        "windows",
        "seconds",
        "dev",
    )
    return {
        "encoder": recipe.model.encoder,
        **({"second_encoder": second} if (second := recipe.model.second_encoder) else {}),
        **{name: record[name] for name in kept if record.get(name) is not None},
        **({"dictionary": [_told(source) for source in names]} if names else {}),
        **({"own_names": own_names.counts} if own_names is not None else {}),
    }


def _told(source: SourceInfo) -> dict[str, str | None]:
    return {"name": source.name, "version": source.version, "sha256": source.sha256}


def _name_sources(featurizer: WordFeaturizer | None) -> tuple[SourceInfo, ...]:
    """The terminologies whose names the dictionary finds."""
    dictionary = featurizer.dictionary if featurizer is not None else None
    return dictionary.sources if isinstance(dictionary, LexiconDictionary) else ()


def _licences(recipe: Recipe, names: Sequence[SourceInfo]) -> dict[str, str]:
    return {
        **{f"names of {source.name}": source.licence or "not stated" for source in names},
        **licences_of(
            (recipe.model.encoder, recipe.model.second_encoder),
            (choice.name for choice in recipe.corpora),
        ),
    }
