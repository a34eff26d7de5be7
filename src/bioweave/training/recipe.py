"""A recipe: all that decides how one run goes, in one TOML file.

Unknown keys are errors, so a typing mistake never trains the wrong model in silence.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from bioweave.bundle import LexiconThresholdTable, ShortFormRules, ThresholdTable
from bioweave.document import TagScheme
from bioweave.errors import ConfigurationError
from bioweave.features.settings import FeatureSettings
from bioweave.features.windows import WindowSettings
from bioweave.model.settings import TaggerSettings

Fraction = Annotated[float, Field(ge=0.0, lt=1.0)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CorpusChoice(_Section):
    """One corpus of a run and the part it plays."""

    name: str
    # What to learn from; "dev" may join once everything has been chosen.
    train_on: tuple[Literal["train", "dev"], ...] = ("train",)
    # Measured after every epoch; early stopping listens to the mean over these corpora.
    evaluate: bool = True
    # Share of documents taken from train as dev, for corpora that publish no dev split.
    carve: Fraction = 0.1
    # How often its windows are seen per epoch, relative to once each.
    weight: Annotated[float, Field(gt=0.0)] = 1.0
    # The same for windows without any mention, relative to the others: full text is mostly those.
    unmarked_weight: Annotated[float, Field(ge=0.0, le=1.0)] = 1.0


class HeadChoice(_Section):
    """One task head: the labels it decides between, and the corpora it learns from.

    Without `corpora` it learns from every corpus of the recipe that annotates all its labels. An
    auxiliary head is left out of the bundle: from corpora whose guidelines differ it teaches the
    encoder, and leaves the other heads' boundaries alone.
    """

    name: str
    labels: tuple[str, ...]
    corpora: tuple[str, ...] = ()
    auxiliary: bool = False


class MergingChoice(_Section):
    """What is kept out of training, beside the splits that the recipe itself measures on."""

    # Corpora whose dev and test splits are reported somewhere, so that nothing of them may be
    # learned: "all" is every one whose files are there.
    reported: tuple[str, ...] | Literal["all"] = "all"


class VectorChoice(_Section):
    """Where word embeddings come from: a word2vec file, or training on the corpora's own text."""

    path: Path | None = None
    # Of a file the first so many words are kept, which are its commonest; 0 keeps only the words
    # that the corpora hold.
    max_words: Annotated[int, Field(ge=0)] = 0
    algorithm: Literal["fasttext", "word2vec"] = "fasttext"
    dimensions: Annotated[int, Field(gt=0)] = 100
    epochs: Annotated[int, Field(gt=0)] = 10
    min_count: Annotated[int, Field(gt=0)] = 2


class DictionaryChoice(_Section):
    """Whose names are the dictionary hits, where `model.dictionary` is on."""

    # A compiled lexicon; what it has of the labels goes into the bundle.
    lexicon: Path | None = None
    # Instead of one: a text file of names, one a line, for each label.
    names: dict[str, Path] = {}
    # Whose hits are given, by default those of the recipe's labels. Others may help as well.
    labels: tuple[str, ...] = ()


class DistillationChoice(_Section):
    """What a student learns from beside gold tags: its teachers' probabilities.

    Hinton et al., 2015, for the temperature; teachers are runs or bundles, averaged.
    """

    teachers: Annotated[tuple[Path, ...], Field(min_length=1)]
    # Unlabelled text, one passage a line: a path, or a file in the folder of corpora.
    text: Path | None = None
    # How many of its passages, those rich in mentions preferred, and how often an epoch sees them.
    passages: Annotated[int, Field(gt=0)] = 20_000
    weight: Annotated[float, Field(gt=0.0)] = 1.0
    temperature: Annotated[float, Field(ge=1.0)] = 2.0
    # On gold documents: the teachers' share of the loss; 0 asks them about unlabelled text alone.
    share_on_gold: Fraction = 0.5
    # Chooses the passages: apart from the run's own, so that runs of several seeds share labels.
    seed: Annotated[int, Field(ge=0)] = 0
    # Where labels are kept, for several runs to share; by default in the run's folder.
    labels: Path | None = None


class TrainingSettings(_Section):
    """How the weights are found."""

    epochs: Annotated[int, Field(gt=0)] = 10
    batch_size: Annotated[int, Field(gt=0)] = 16  # windows, per process
    gradient_accumulation: Annotated[int, Field(gt=0)] = 1
    optimiser: Literal["adamw", "sgd"] = "adamw"
    encoder_learning_rate: Annotated[float, Field(gt=0)] = 5e-5
    # Layer k from the top learns at rate * decay^k (Howard and Ruder, 2018); 1 is the same for all.
    layer_decay: Annotated[float, Field(gt=0, le=1)] = 1.0
    # Everything above the encoder starts from nothing, so it learns faster.
    head_learning_rate: Annotated[float, Field(gt=0)] = 1e-3
    schedule: Literal["linear", "cosine", "constant_with_warmup"] = "linear"
    warm_up: Fraction = 0.1  # share of all steps
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    momentum: Fraction = 0.9  # sgd only
    gradient_clip: Annotated[float, Field(gt=0)] = 1.0
    precision: Literal["bf16", "fp32"] = "bf16"
    # Within the encoder. Over attention weights there is none: drawing it costs a fifth of a step
    # on CPU, and dev figures did not miss it.
    encoder_dropout: Fraction = 0.1
    attention_dropout: Fraction = 0.0
    # Leave the encoder as it came, and learn only what stands on it.
    freeze_encoder: bool = False
    # Stop after so many epochs without a better dev F1; 0 never stops early.
    patience: Annotated[int, Field(ge=0)] = 0
    # Optimiser steps between two evaluations (each with a checkpoint); 0 is once an epoch.
    evaluate_every: Annotated[int, Field(ge=0)] = 0
    processes: Annotated[int, Field(gt=0)] = 1
    keep_checkpoints: Annotated[int, Field(gt=0)] = 2


class Recipe(_Section):
    """One run's settings. See `recipes/` for examples and comments."""

    name: str
    labels: tuple[str, ...]
    corpora: tuple[CorpusChoice, ...]
    seed: Annotated[int, Field(ge=0)] = 13
    scheme: TagScheme = TagScheme.BIO
    # A head per label lets corpora that annotate different labels learn side by side.
    heads: tuple[HeadChoice, ...] | Literal["per-label", "joint"] = "per-label"
    merging: MergingChoice = MergingChoice()
    model: TaggerSettings = TaggerSettings()
    windows: WindowSettings = WindowSettings()
    vectors: VectorChoice = VectorChoice()
    dictionary: DictionaryChoice = DictionaryChoice()
    # What annotation makes of the short forms that a document defines; chosen on dev.
    short_forms: ShortFormRules = ShortFormRules()
    # The least confidence of mentions by mode and label, without a lexicon and with one: what
    # `bioweave modes` chose on dev.
    thresholds: ThresholdTable = {}
    lexicon_thresholds: LexiconThresholdTable = {}
    distillation: DistillationChoice | None = None
    training: TrainingSettings = TrainingSettings()

    @field_validator("model", "windows", mode="before")
    @classmethod
    def _known_keys(cls, table: object, info: ValidationInfo) -> object:
        # Plain dataclasses would take unknown keys without a word.
        if isinstance(table, Mapping):
            kind = TaggerSettings if info.field_name == "model" else WindowSettings
            known = [field.name for field in fields(kind)]
            unknown = sorted(set(table) - set(known))
            if unknown:
                raise ValueError(f"unknown key {unknown[0]!r}; known are {', '.join(known)}")
        return table

    @model_validator(mode="after")
    def _consistent(self) -> Recipe:
        if not self.labels:
            raise ValueError("labels is empty")
        if not self.corpora:
            raise ValueError("corpora is empty")
        names = [corpus.name for corpus in self.corpora]
        if len(set(names)) != len(names):
            raise ValueError("a corpus is named twice")
        for head in self.head_choices:
            unknown = [label for label in head.labels if label not in self.labels]
            if unknown:
                raise ValueError(f"head {head.name!r} has label {unknown[0]!r}, not in labels")
        for table in (self.thresholds, self.lexicon_thresholds):
            for mode, by_label in table.items():
                unknown = [label for label in by_label if label not in self.labels]
                if unknown:
                    raise ValueError(f"{mode} has a threshold of {unknown[0]!r}, not in labels")
        if all(head.auxiliary for head in self.head_choices):
            raise ValueError("every head is auxiliary: none is left to annotate")
        return self

    @property
    def head_choices(self) -> tuple[HeadChoice, ...]:
        """The heads, with "per-label" and "joint" spelled out."""
        if self.heads == "per-label":
            return tuple(HeadChoice(name=label, labels=(label,)) for label in self.labels)
        if self.heads == "joint":
            return (HeadChoice(name="all", labels=self.labels),)
        return self.heads

    @property
    def features(self) -> FeatureSettings:
        """The word features that the model of this recipe reads."""
        return FeatureSettings(
            characters=self.model.characters != "none",
            pos=self.model.pos,
            vectors=self.model.vectors,
            dictionary=(self.dictionary.labels or self.labels) if self.model.dictionary else (),
        )


def load_recipe(path: Path, overrides: Iterable[str] = ()) -> Recipe:
    """The recipe in a TOML file, with `key.sub=value` overrides applied.

    Of a list of tables a key names one: `corpora.bc5cdr.weight=2`. A value is read as TOML where
    it is valid TOML, else as a string. Raises ConfigurationError naming the file and the key.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: no such recipe") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not valid TOML: {error}") from error
    for override in overrides:
        _apply(table, override)
    try:
        return Recipe.model_validate(table)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from error
    except ValidationError as error:
        raise ConfigurationError(f"{path}: {_explained(error)}") from error


def save_recipe(recipe: Recipe, path: Path) -> None:
    """Write the recipe with every default spelled out, so that a run can be repeated from it."""
    import tomli_w

    path.write_text(tomli_w.dumps(recipe_table(recipe)), encoding="utf-8")


def recipe_table(recipe: Recipe) -> dict[str, Any]:
    """The recipe as plain JSON-like data; what is None is left out, as TOML has no null."""
    table: dict[str, Any] = _without_none(recipe.model_dump(mode="json"))
    return table


def _apply(table: dict[str, Any], override: str) -> None:
    key, separator, text = override.partition("=")
    if not separator or not key.strip():
        raise ConfigurationError(f"--set {override!r}: expected key=value")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    *parents, last = key.strip().split(".")
    place: Any = table
    for parent in parents:
        place = _member(place, parent, override)
    if not isinstance(place, dict):
        raise ConfigurationError(f"--set {override!r}: {parents[-1]!r} is not a table")
    place[last] = value


def _member(place: Any, key: str, override: str) -> Any:
    """What `key` leads to: a table's value, or of a list of tables the one with that name."""
    if isinstance(place, list):
        for one in place:
            if isinstance(one, dict) and one.get("name") == key:
                return one
        raise ConfigurationError(f"--set {override!r}: none of the list has the name {key!r}")
    if not isinstance(place, dict):
        raise ConfigurationError(f"--set {override!r}: {key!r} stands in no table")
    return place.setdefault(key, {})


def _explained(error: ValidationError) -> str:
    """All that is wrong, unknown keys first: a misspelt key is often what seems to be missing."""
    unknown_first = sorted(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
    return "; ".join(map(_one_explained, unknown_first))


def _one_explained(problem: ErrorDetails) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        message = "unknown key"
    return f"{where}: {message}" if where else message


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_none(item) for item in value]
    return value
