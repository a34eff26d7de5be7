"""Recipes as TOML files, with overrides from the command line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bioweave.errors import ConfigurationError
from bioweave.training.recipe import NO_ENCODER, Recipe
from bioweave.training.section import Section
from bioweave.whole_files import write_whole

# What a recipe that trains something else than a tagger of mentions says of itself.
TASK = "task"
RELATIONS = "relations"

AnySection = TypeVar("AnySection", bound=Section)


def load_recipe(path: Path, overrides: Iterable[str] = ()) -> Recipe:
    """The recipe in a TOML file, with `key.sub=value` overrides applied.

    Of a list of tables a key names one: `corpora.bc5cdr.weight=2`. A value is read as TOML where
    it is valid TOML, else as a string. Raises ConfigurationError naming the file and the key.
    """
    table = read_recipe(path, overrides)
    if table.get(TASK) == RELATIONS:
        raise ConfigurationError(
            f"{path}: trains a tagger of relations, and a tagger of mentions is wanted here"
        )
    return validated(Recipe, table, path)


def is_of_relations(path: Path) -> bool:
    """Whether a recipe trains a tagger of relations."""
    return read_recipe(path).get(TASK) == RELATIONS


def read_recipe(path: Path, overrides: Iterable[str] = ()) -> dict[str, Any]:
    """A recipe's table as it stands, with overrides applied, and not validated yet."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: no such recipe") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not valid TOML: {error}") from error
    for override in overrides:
        _apply(table, override)
    return table


def validated(kind: type[AnySection], table: dict[str, Any], path: Path) -> AnySection:
    """A recipe of some kind. Raises ConfigurationError naming the file and the key."""
    try:
        return kind.model_validate(table)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from error
    except ValidationError as error:
        raise ConfigurationError(f"{path}: {_explained(error)}") from error


def save_recipe(recipe: Recipe, path: Path) -> None:
    """Write the recipe with every default spelled out, so that a run can be repeated from it."""
    save_table(recipe_table(recipe), path)


def save_table(table: dict[str, Any], path: Path) -> None:
    """Write a table as TOML, whole or not at all."""
    import tomli_w

    write_whole(path, tomli_w.dumps(table).encode())


def recipe_table(recipe: Recipe) -> dict[str, Any]:
    """The recipe as plain JSON-like data; what is None is left out, as TOML has no null.

    No encoder has a word of its own, since without one the default is meant.
    """
    table = without_none(recipe.model_dump(mode="json"))
    table["model"].setdefault("encoder", NO_ENCODER)
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


def without_none(table: dict[str, Any]) -> dict[str, Any]:
    """The table without what is None, at any depth."""
    return {key: _kept(item) for key, item in table.items() if item is not None}


def _kept(value: Any) -> Any:
    if isinstance(value, dict):
        return without_none(value)
    return [_kept(item) for item in value] if isinstance(value, list) else value
