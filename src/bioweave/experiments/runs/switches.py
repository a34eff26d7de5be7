"""What can be changed in a recipe to see what it is worth, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter, ValidationError

from bioweave.errors import BioweaveError, ConfigurationError
from bioweave.experiments.runs.inline_toml import inline

if TYPE_CHECKING:
    from bioweave.training import Recipe

Need = Literal["encoder", "several labels", "several heads"]
# What a file of switches is about: which page its summaries belong to.
Study = Literal["ablation", "augmentation", "adaptation"]


@dataclass(frozen=True, slots=True)
class Switch:
    """One change; see `switches.toml` for what each field says."""

    name: str
    part: str
    meaning: str
    set: tuple[str, ...] = ()
    needs: Need | None = None
    apart: Literal["labels"] | None = None


@dataclass(frozen=True, slots=True)
class SwitchFile:
    """Switches, the study that they make, and what tables call the recipe as it is."""

    switches: tuple[Switch, ...] = ()
    study: Study = "ablation"
    whole: str = "the recipe"


@dataclass(frozen=True, slots=True)
class Variant:
    """A recipe with one switch thrown: the overrides of each tagger that it takes."""

    switch: Switch
    taggers: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A switch that was not thrown, and why."""

    name: str
    reason: str


def load_switches(path: Path | None = None) -> SwitchFile:
    """The package's switches, or those of a file of one's own.

    Raises ConfigurationError where the file is not of that form.
    """
    source = path or resources.files(__package__) / "switches.toml"
    try:
        table = tomllib.loads(source.read_text(encoding="utf-8"))
        _check_keys(table)
        found = TypeAdapter(SwitchFile).validate_python(table, strict=False)
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: no such file of switches") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError, ValueError) as error:
        raise ConfigurationError(f"{path}: not a file of switches: {error}") from error
    if len({switch.name for switch in found.switches}) < len(found.switches):
        raise ConfigurationError(f"{path}: two switches share a name")
    return found


def choose(switches: Sequence[Switch], names: Sequence[str]) -> tuple[Switch, ...]:
    """Those with these names, or all. Raises ConfigurationError for one that is not there."""
    known = {switch.name: switch for switch in switches}
    for name in names:
        if name not in known:
            raise ConfigurationError(f"there is no switch {name!r}; there are {', '.join(known)}")
    return tuple(known[name] for name in dict.fromkeys(names)) if names else tuple(switches)


def throw(
    switch: Switch, recipe: Recipe, resolve: Callable[[Sequence[str]], Recipe]
) -> Variant | Skipped:
    """The recipe's variant by a switch, or why there is none.

    `resolve` gives the recipe with overrides, and raises ConfigurationError where they make none.
    """
    from bioweave.training.data import check_heads

    if switch.needs and not _has(recipe, switch.needs):
        return Skipped(switch.name, f"the recipe has no {switch.needs}")
    try:
        taggers = tuple(_apart(switch, recipe))
        if not taggers:
            return Skipped(switch.name, "none of the recipe's labels is measured")
        resolved = [resolve(overrides) for overrides in taggers]
        if resolved == [recipe]:
            return Skipped(switch.name, "the recipe is so already")
        for one in resolved:
            check_heads(one)
            _try_dictionary(one)
    except BioweaveError as error:
        return Skipped(switch.name, f"impossible with this recipe: {error}")
    return Variant(switch, taggers)


def _apart(switch: Switch, recipe: Recipe) -> Iterator[tuple[str, ...]]:
    """The overrides of each tagger; apart from others a label is learned only if it is measured."""
    from bioweave.corpus import info

    if switch.apart is None:
        yield switch.set
        return
    measured = {
        label for choice in recipe.corpora if choice.evaluate for label in info(choice.name).labels
    }
    for label in recipe.labels:
        if label in measured:
            yield (*switch.set, *_only(label, recipe))


def _only(label: str, recipe: Recipe) -> Iterator[str]:
    """The recipe for one label: its corpora, and of its own heads those that find nothing else."""
    from bioweave.corpus import info

    learned_by = {
        name
        for head in recipe.head_choices
        if label in head.labels
        for name in head.corpora or [choice.name for choice in recipe.corpora]
    }
    corpora = [
        choice.model_dump(mode="json", exclude_none=True)
        for choice in recipe.corpora
        if choice.name in learned_by and label in info(choice.name).labels
    ]
    yield f"labels={inline([label])}"
    yield "heads=per-label"
    yield f"corpora={inline(corpora)}"
    for table in ("thresholds", "lexicon_thresholds"):
        by_mode = recipe.model_dump(mode="json", exclude_none=True)[table]
        kept = {
            mode: {name: value for name, value in by_label.items() if name == label}
            for mode, by_label in by_mode.items()
        }
        yield f"{table}={inline(kept)}"
    yield f"short_forms.needs_long_form={inline(_of(label, recipe.short_forms))}"


def _of(label: str, rules: Any) -> list[str]:
    return [name for name in rules.needs_long_form if name == label]


def _has(recipe: Recipe, need: Need) -> bool:
    if need == "encoder":
        return bool(recipe.model.encoder)
    if need == "several labels":
        return len(recipe.labels) > 1
    return len(recipe.head_choices) > 1


def _try_dictionary(recipe: Recipe) -> None:
    """Raise BioweaveError where names are missing that dictionary hits are to come from."""
    from bioweave.model.settings import TaggerSettings
    from bioweave.training.featurizing import make_featurizer

    if recipe.model.dictionary:
        # Of all that the model reads only this can be missing.
        alone = TaggerSettings(dictionary=True)
        make_featurizer(recipe.model_copy(update={"model": alone}), None)


def _check_keys(table: Mapping[str, Any]) -> None:
    # Of a wrong type pydantic tells.
    rows = table.get("switches", ())
    tables = [one for one in rows if isinstance(one, Mapping)] if isinstance(rows, list) else []
    for kind, found in ((SwitchFile, [table]), (Switch, tables)):
        known = {field.name for field in fields(kind)}
        for one in found:
            unknown = sorted(set(one) - known)
            if unknown:
                raise ValueError(
                    f"unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}"
                )
