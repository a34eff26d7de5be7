"""The recipe of a relation tagger: `task = "relations"` at its top."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from bioweave.corpus import CorpusInfo
from bioweave.errors import ConfigurationError
from bioweave.model.relations import RelationModelSettings
from bioweave.relating import RelationTask, RelationWindows
from bioweave.relating.settings import Between
from bioweave.training.corpus_choice import CorpusChoice
from bioweave.training.recipe import MergingChoice, TrainingSettings
from bioweave.training.recipe_file import (
    RELATIONS,
    TASK,
    read_recipe,
    save_table,
    validated,
    without_none,
)
from bioweave.training.section import Section, check_keys
from bioweave.training.tracking.choice import TrackingChoice


class RelationCorpusChoice(CorpusChoice):
    """One corpus of a run and the part it plays."""

    # The share of the pairs between which nothing holds that an epoch sees, drawn anew each epoch;
    # the loss makes up for those that are missing.
    negative_rate: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    # The same for those of concepts that no sentence mentions together; by default as many.
    far_negative_rate: Annotated[float, Field(gt=0.0, le=1.0)] | None = None

    @model_validator(mode="after")
    def _measured_on_what_is_new(self) -> RelationCorpusChoice:
        if self.unmarked_weight != 1.0:
            raise ValueError(
                "unmarked_weight is for taggers of mentions; here there is negative_rate"
            )
        if "dev" in self.train_on and self.evaluate and self.fold is None:
            raise ValueError(
                "dev is learned from, and thresholds would be chosen on it: hold a part out "
                "(fold = {of = 10, number = 1}), or set evaluate = false"
            )
        return self

    def rate(self, n_apart: int) -> float:
        """The share of unrelated pairs that an epoch sees, of those so many sentences apart."""
        if n_apart and self.far_negative_rate is not None:
            return self.far_negative_rate
        return self.negative_rate


class TaskChoice(Section):
    """One set of relations: its labels, what they join, and the corpora that it learns from.

    Without `corpora` it learns from every corpus of the recipe that annotates all its labels.
    """

    name: str
    labels: tuple[str, ...]
    head: str
    tail: str
    between: Between = "mentions"
    corpora: tuple[str, ...] = ()
    # Left out of the bundle: it teaches the encoder.
    auxiliary: bool = False

    @property
    def task(self) -> RelationTask:
        """What is asked about a document."""
        return RelationTask(self.name, self.labels, self.head, self.tail, self.between)


class RelationRecipe(Section):
    """One run's settings. See `recipes/relations.toml` for an example with comments."""

    task: Literal["relations"] = "relations"
    name: str
    corpora: tuple[RelationCorpusChoice, ...] = Field(min_length=1)
    tasks: tuple[TaskChoice, ...] = Field(min_length=1)
    seed: Annotated[int, Field(ge=0)] = 13
    # A run or a bundle of a tagger of mentions, whose encoder's weights are the first ones.
    start_from: Path | None = None
    merging: MergingChoice = MergingChoice()
    model: RelationModelSettings = RelationModelSettings()
    windows: RelationWindows = RelationWindows()
    training: TrainingSettings = TrainingSettings()
    tracking: TrackingChoice = TrackingChoice()

    @field_validator("model", "windows", mode="before")
    @classmethod
    def _known_keys(cls, table: object, info: ValidationInfo) -> object:
        if isinstance(table, Mapping):
            is_model = info.field_name == "model"
            check_keys(table, RelationModelSettings if is_model else RelationWindows)
        return table

    @model_validator(mode="after")
    def _consistent(self) -> RelationRecipe:
        for what, names in (
            ("corpus", [one.name for one in self.corpora]),
            ("task", [one.name for one in self.tasks]),
            ("label", list(self.labels)),
        ):
            if len(set(names)) < len(names):
                raise ValueError(f"a {what} is named twice")
        for task in self.tasks:
            unknown = set(task.corpora) - {one.name for one in self.corpora}
            if unknown:
                raise ValueError(
                    f"task {task.name!r} learns from {min(unknown)!r}, which is none of the corpora"
                )
        of_concepts = any(task.between == "concepts" for task in self.tasks)
        if not of_concepts and any(one.far_negative_rate is not None for one in self.corpora):
            raise ValueError(
                "far_negative_rate is for pairs of concepts, and no task is between concepts"
            )
        if all(task.auxiliary for task in self.tasks):
            raise ValueError("every task is auxiliary: none is left to tell relations")
        if self.training.heads_in_turn:
            raise ValueError("training.heads_in_turn is for taggers of mentions")
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of all tasks."""
        return tuple(label for task in self.tasks for label in task.labels)

    @property
    def head_choices(self) -> tuple[TaskChoice, ...]:
        """What learns: the tasks."""
        return self.tasks

    @property
    def relation_tasks(self) -> tuple[RelationTask, ...]:
        """What is asked about documents in training."""
        return tuple(choice.task for choice in self.tasks)

    def annotated(self, info: CorpusInfo) -> tuple[str, ...]:
        """What a corpus annotates of the kind that is learned here: relations."""
        return info.relations


def load_relation_recipe(path: Path, overrides: Iterable[str] = ()) -> RelationRecipe:
    """The recipe in a TOML file, as `recipe_file.load_recipe` reads the others."""
    table = read_recipe(path, overrides)
    if table.get(TASK) != RELATIONS:
        raise ConfigurationError(f'{path}: trains no relations; {TASK} = "{RELATIONS}" would')
    return validated(RelationRecipe, table, path)


def relation_table(recipe: RelationRecipe) -> dict[str, Any]:
    """The recipe as plain JSON-like data; what is None is left out, as TOML has no null."""
    return without_none(recipe.model_dump(mode="json"))


def save_relation_recipe(recipe: RelationRecipe, path: Path) -> None:
    """Write the recipe with every default spelled out."""
    save_table(relation_table(recipe), path)
