"""A recipe: all that decides how one run goes; `recipe_file` reads and writes it.

Unknown keys are errors, so a typing mistake never trains the wrong model in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from bioweave.bundle import LexiconThresholdTable, ShortFormRules, ThresholdTable
from bioweave.corpus import CorpusInfo
from bioweave.document import TagScheme
from bioweave.features.settings import FeatureSettings
from bioweave.features.windows import WindowSettings
from bioweave.model.settings import TaggerSettings
from bioweave.training.augmentation_choice import AugmentationChoice
from bioweave.training.corpus_choice import CorpusChoice
from bioweave.training.section import Fraction, Section, check_keys
from bioweave.training.tracking.choice import TrackingChoice

# TOML has no null.
NO_ENCODER = "none"


class HeadChoice(Section):
    """One task head: the labels it decides between, and the corpora it learns from.

    Without `corpora` it learns from every corpus of the recipe that annotates all its labels. An
    auxiliary head is left out of the bundle: from corpora whose guidelines differ it teaches the
    encoder, and leaves the other heads' boundaries alone.
    """

    name: str
    labels: tuple[str, ...]
    corpora: tuple[str, ...] = ()
    auxiliary: bool = False


class MergingChoice(Section):
    """What is kept out of training, beside the splits that the recipe itself measures on."""

    # Corpora whose dev and test splits are reported somewhere, so that nothing of them may be
    # learned: "all" is every one whose files are there.
    reported: tuple[str, ...] | Literal["all"] = "all"


class VectorChoice(Section):
    """Where word embeddings come from: a word2vec file, or training on the corpora's own text."""

    path: Path | None = None
    # Of a file the first so many words are kept, which are its commonest; 0 keeps only the words
    # that the corpora hold.
    max_words: Annotated[int, Field(ge=0)] = 0
    algorithm: Literal["fasttext", "word2vec"] = "fasttext"
    dimensions: Annotated[int, Field(gt=0)] = 100
    epochs: Annotated[int, Field(gt=0)] = 10
    min_count: Annotated[int, Field(gt=0)] = 2


class DictionaryChoice(Section):
    """Whose names are the dictionary hits, where `model.dictionary` is on."""

    # A compiled lexicon; what it has of the labels goes into the bundle.
    lexicon: Path | None = None
    # Instead of one: a text file of names, one a line, for each label.
    names: dict[str, Path] = Field(default_factory=dict)
    # Whose hits are given, by default those of the recipe's labels. Others may help as well.
    labels: tuple[str, ...] = ()


class DistillationChoice(Section):
    """What a student learns from beside gold tags: its teachers' probabilities.

    Hinton et al., 2015, for the temperature; teachers are runs or bundles, and a head learns from
    the mean of those that have it.
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


class TrainingSettings(Section):
    """How the weights are found."""

    epochs: Annotated[int, Field(gt=0)] = 10
    # Windows in memory at once, in all processes together: how many those are changes nothing that
    # is learned. A step learns from so many times `gradient_accumulation`.
    batch_size: Annotated[int, Field(gt=0)] = 16
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
    # Train heads one after the other, an equal share of the epochs each, instead of jointly.
    heads_in_turn: bool = False
    # Leave the encoder as it came, and learn only what stands on it.
    freeze_encoder: bool = False
    # Which weights the run keeps: those with the best dev F1, or those it ends with. For "last"
    # dev is measured all the same, and decides nothing: scores on it, and predictions for it,
    # are then as honest as on text that was never seen.
    keep: Literal["best", "last"] = "best"
    # Stop after so many epochs without a better dev F1; 0 never stops early.
    patience: Annotated[int, Field(ge=0)] = 0
    # Optimiser steps between two evaluations (each with a checkpoint); 0 is once an epoch.
    evaluate_every: Annotated[int, Field(ge=0)] = 0
    # On this machine, each with a GPU where there are any. Started by `torchrun` or `accelerate
    # launch` they are as many as those say.
    processes: Annotated[int, Field(gt=0)] = 1
    keep_checkpoints: Annotated[int, Field(gt=0)] = 2

    @model_validator(mode="after")
    def _dev_decides_all_or_nothing(self) -> TrainingSettings:
        if self.keep == "last" and self.patience:
            raise ValueError(
                'patience stops by dev, and keep = "last" says that dev decides nothing: choose one'
            )
        return self


class Recipe(Section):
    """One run's settings. See `recipes/` for examples and comments."""

    name: str
    labels: tuple[str, ...]
    corpora: tuple[CorpusChoice, ...]
    seed: Annotated[int, Field(ge=0)] = 13
    # A run or a bundle whose weights are the first ones, instead of the encoder's alone.
    start_from: Path | None = None
    scheme: TagScheme = TagScheme.BIO
    # A head per label lets corpora that annotate different labels learn side by side.
    heads: tuple[HeadChoice, ...] | Literal["per-label", "joint"] = "per-label"
    merging: MergingChoice = MergingChoice()
    augmentation: AugmentationChoice = AugmentationChoice()
    model: TaggerSettings = TaggerSettings()
    windows: WindowSettings = WindowSettings()
    vectors: VectorChoice = VectorChoice()
    dictionary: DictionaryChoice = DictionaryChoice()
    # What annotation makes of the short forms that a document defines; chosen on dev.
    short_forms: ShortFormRules = ShortFormRules()
    # Labels whose names, as training documents mark them, speak for mentions as a lexicon's do.
    own_names: tuple[str, ...] = ()
    # The least confidence of mentions by mode and label, without a lexicon and with one: what
    # `bioweave modes` chose on dev.
    thresholds: ThresholdTable = Field(default_factory=dict)
    lexicon_thresholds: LexiconThresholdTable = Field(default_factory=dict)
    distillation: DistillationChoice | None = None
    training: TrainingSettings = TrainingSettings()
    tracking: TrackingChoice = TrackingChoice()

    @field_validator("model", "windows", mode="before")
    @classmethod
    def _known_keys(cls, table: object, info: ValidationInfo) -> object:
        if isinstance(table, Mapping):
            check_keys(table, TaggerSettings if info.field_name == "model" else WindowSettings)
            if table.get("encoder") == NO_ENCODER:
                return {**table, "encoder": None}
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
        if unknown := [label for label in self.own_names if label not in self.labels]:
            raise ValueError(f"own_names has {unknown[0]!r}, not in labels")
        if all(head.auxiliary for head in self.head_choices):
            raise ValueError("every head is auxiliary: none is left to annotate")
        if self.training.heads_in_turn:
            self._check_turns()
        if self.distillation is not None and self.augmentation.is_on:
            raise ValueError(
                "teachers label documents as they were published, not what augmentation makes of "
                "them: leave out [distillation] or [augmentation]"
            )
        return self

    def _check_turns(self) -> None:
        if self.training.epochs < len(self.head_choices):
            raise ValueError(
                f"{self.training.epochs} epochs cannot be shared out among "
                f"{len(self.head_choices)} heads: give each at least one"
            )
        if self.training.patience or self.distillation is not None:
            raise ValueError(
                "heads_in_turn goes neither with patience, which may stop before the last head's "
                "turn, nor with [distillation]"
            )

    @property
    def head_choices(self) -> tuple[HeadChoice, ...]:
        """The heads, with "per-label" and "joint" spelled out."""
        if self.heads == "per-label":
            return tuple(HeadChoice(name=label, labels=(label,)) for label in self.labels)
        if self.heads == "joint":
            return (HeadChoice(name="all", labels=self.labels),)
        return self.heads

    def annotated(self, info: CorpusInfo) -> tuple[str, ...]:
        """What a corpus annotates of the kind that is learned here: mentions."""
        return info.labels

    @property
    def features(self) -> FeatureSettings:
        """The word features that the model of this recipe reads."""
        return FeatureSettings(
            characters=self.model.characters != "none",
            pos=self.model.pos,
            vectors=self.model.vectors,
            dictionary=(self.dictionary.labels or self.labels) if self.model.dictionary else (),
            templates=self.model.template_buckets if self.model.templates else 0,
        )
