"""Trials: runs of one recipe that differ in a few settings, side by side in a folder.

OUT/
  plan.json      the command, its settings and the recipe, so that a changed one is refused
  recipe.toml    the recipe that all trials begin from, defaults spelled out
  runs/NAME/     a trial's run (`bioweave.training.folder`), and beside what belongs to any run:
    scores.json       what it came to on its dev documents (`TrialScores`)
    predictions.jsonl, marginals.npz    what it says of them, where that is kept
  summary.json   all that tables and pictures need: a report needs no runs
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioweave.errors import ConfigurationError
from bioweave.experiments.runs.locks import alone_in
from bioweave.whole_files import read_json, write_json, write_whole

if TYPE_CHECKING:
    from bioweave.training import Recipe


@dataclass(frozen=True, slots=True)
class Trial:
    """One run: the recipe with these overrides, as `bioweave train --set` takes them."""

    name: str
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrialsFolder:
    """Where trials keep what they write."""

    path: Path

    @property
    def plan(self) -> Path:
        """What the folder is for."""
        return self.path / "plan.json"

    @property
    def recipe(self) -> Path:
        """What all trials begin from."""
        return self.path / "recipe.toml"

    @property
    def summary(self) -> Path:
        """What came out."""
        return self.path / "summary.json"

    def run(self, name: str) -> Path:
        """The run of a trial."""
        return self.path / "runs" / name

    @contextmanager
    def claimed(self, recipe: Recipe, command: str, settings: Mapping[str, Any]) -> Iterator[None]:
        """While it lasts the folder is this command's alone.

        Raises ConfigurationError where it holds something else, or where recipe or settings have
        changed since the command began.
        """
        from bioweave.training.recipe_file import recipe_table

        if not self.plan.exists() and _is_used(self.path):
            raise ConfigurationError(
                f"{self.path}: holds something else; `bioweave {command}` wants a new folder, or "
                "one that it began itself"
            )
        self.path.mkdir(parents=True, exist_ok=True)
        with alone_in(self.path):
            plan = {"command": command, "settings": settings, "recipe": recipe_table(recipe)}
            begun = read_json(self.plan)
            if begun is not None:
                _check_same(self.path, begun, plan)
            else:
                write_json(self.plan, plan)
            if not self.recipe.exists():
                write_recipe(recipe, self.recipe)
            yield

    def resolved(self, trial: Trial) -> Recipe:
        """The trial's recipe. Raises ConfigurationError where its overrides make no recipe."""
        from bioweave.training import load_recipe

        return load_recipe(self.recipe, trial.overrides)

    def check_unchanged(self, trials: Sequence[Trial]) -> None:
        """Raise ConfigurationError for a trial that was run by other settings."""
        from bioweave.training import load_recipe

        for trial in trials:
            wanted = self.resolved(trial)
            if not any(choice.evaluate for choice in wanted.corpora):
                raise ConfigurationError(
                    f"{trial.name} would be measured on nothing: no corpus of the recipe has "
                    "evaluate = true"
                )
            begun = self.run(trial.name) / "recipe.toml"
            # Without a record no training has begun, and the recipe may not be whole.
            if read_json(begun.with_name("run.json")) is None or not begun.is_file():
                continue
            if load_recipe(begun) != wanted:
                raise ConfigurationError(
                    f"{begun.parent}: this trial was run by other settings (see {begun.name}); "
                    "take a new folder"
                )


def write_recipe(recipe: Recipe, path: Path, comment: str = "") -> None:
    """Write a recipe that can be loaded again, below a comment of some lines."""
    import tomli_w

    from bioweave.training.recipe_file import recipe_table

    said = "".join(f"# {line}\n" for line in comment.splitlines())
    write_whole(path, (said + tomli_w.dumps(recipe_table(recipe))).encode())


def _is_used(folder: Path) -> bool:
    # Hidden files are locks, and what a kill left of a plan.
    return folder.exists() and any(not path.name.startswith(".") for path in folder.iterdir())


def _check_same(folder: Path, begun: Mapping[str, Any], plan: Mapping[str, Any]) -> None:
    if begun["command"] != plan["command"]:
        raise ConfigurationError(f"{folder}: belongs to `bioweave {begun['command']}`")
    began_with = {"recipe": _as_now(begun["recipe"]), "settings": begun["settings"]}
    for part, old in began_with.items():
        changed = _differing(old, plan[part])
        if changed:
            raise ConfigurationError(
                f"{folder}: {', '.join(changed)} of the {part} have changed since this began (see "
                "plan.json); take a new folder"
            )


def _as_now(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """A recipe's table with the defaults of settings that did not exist when it was written."""
    from pydantic import ValidationError

    from bioweave.training import Recipe
    from bioweave.training.recipe_file import recipe_table

    try:
        return recipe_table(Recipe.model_validate(table))
    except (ValidationError, ConfigurationError):  # settings that exist no more
        return table


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [key for key in {**old, **new} if old.get(key) != new.get(key)]
