"""Rules in TOML: those of the package, and a user's own on top of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NoReturn

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bioweave.annotator.rules import Rule
from bioweave.errors import ConfigurationError
from bioweave.toml_places import TomlTable

SHIPPED_NAME = "rules.toml"
_TABLE = "rules"


class RuleSet(BaseModel):
    """Rules in the order in which they are applied; no two have the same name."""

    model_config = ConfigDict(frozen=True)

    rules: tuple[Rule, ...]

    def with_changed(self, name: str, **changes: Any) -> RuleSet:
        """The same rules with one of them changed: `with_changed("brackets", enabled=False)`."""
        return RuleSet(
            rules=tuple(
                rule.model_copy(update=changes) if rule.name == name else rule
                for rule in self.rules
            )
        )


def shipped_text() -> str:
    """The package's own rules as TOML, with comments: what a user starts from."""
    return files("bioweave.annotator").joinpath(SHIPPED_NAME).read_text(encoding="utf-8")


@cache
def shipped_rules() -> RuleSet:
    """The package's own rules."""
    text = shipped_text()
    return RuleSet(rules=_read(text, SHIPPED_NAME, {}))


def load_rules(path: Path | str) -> RuleSet:
    """The package's rules, with those of a file put on top of them.

    A rule of the file that has the name of one before it changes that one in the keys that it
    gives (`enabled = false`, say); any other is a new rule and comes last. Raises
    ConfigurationError, with the file and the line, for what is wrong in it.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: no such file of rules") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: not UTF-8: {error}") from error
    before = {rule.name: rule.model_dump() for rule in shipped_rules().rules}
    return RuleSet(rules=_read(text, str(path), before))


def labels_given(path: Path | str) -> dict[str, list[str]]:
    """The labels that the rules of a file name, each with the rules that do.

    Those that a rule has from the package's one of the same name are not the file's own. Raises
    what `load_rules` raises.
    """
    own = {rule.name: rule.labels for rule in shipped_rules().rules}
    given: dict[str, list[str]] = {}
    for rule in load_rules(path).rules:
        if rule.enabled and rule.labels != own.get(rule.name):
            for label in rule.labels:
                given.setdefault(label, []).append(rule.name)
    return given


def _read(text: str, source: str, before: Mapping[str, Mapping[str, Any]]) -> tuple[Rule, ...]:
    """`before`, by name, with the rules of a TOML text on top."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{source}: not valid TOML: {error}") from error
    given = table.pop(_TABLE, [])
    if table or not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        what = f"unknown key {next(iter(table))!r}" if table else "rules is no list of tables"
        raise ConfigurationError(f"{source}: {what}; a file of rules is a list of [[rules]]")
    rules = {name: dict(rule) for name, rule in before.items()}
    checked: dict[str, Rule] = {
        name: _ADAPTER.validate_python(rule) for name, rule in rules.items()
    }
    own: set[str] = set()
    for position, rule in enumerate(given):
        name = rule.get("name")
        place = _Place(TomlTable(source, text, _TABLE, position), name)
        if name in own:
            place.complain("name", "two rules of this file have it")
        if isinstance(name, str):
            own.add(name)
            rule = {**before.get(name, {}), **rule}
        try:
            valid = _ADAPTER.validate_python(rule)
        except ValidationError as error:
            place.explain(error)
        checked[valid.name] = valid
    return tuple(checked.values())


_ADAPTER: TypeAdapter[Rule] = TypeAdapter(Rule)


class _Place:
    """One rule of a file: where it stands, for whoever has to mend it."""

    def __init__(self, table: TomlTable, name: object) -> None:
        self._table = table
        self._rule = f"rule {name!r}" if isinstance(name, str) else f"rule {table.position + 1}"

    def explain(self, error: ValidationError) -> NoReturn:
        """Raise what pydantic complains of."""
        # A misspelt key is often what seems to be missing: unknown keys come first.
        problem = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        location: Sequence[int | str] = problem["loc"]
        # The first part of a place within a rule is its kind.
        keys = [part for part in location[1:] if isinstance(part, str)]
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            message = "unknown key"
        elif problem["type"].startswith("union_tag"):
            keys = ["kind"]
            message = "it is one of brackets, trim, drop, keep, never"
        self.complain(keys[0] if keys else None, message)

    def complain(self, key: str | None, message: str) -> NoReturn:
        """Raise with the line of a key, or of the rule where it has none."""
        about = f"{self._rule}, {key}" if key else self._rule
        raise ConfigurationError(f"{self._table.where(key)}: {about}: {message}")
