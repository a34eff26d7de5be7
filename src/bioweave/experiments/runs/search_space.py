"""Which settings are tried: ranges and choices, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bioweave.errors import ConfigurationError
from bioweave.experiments.runs.inline_toml import inline

if TYPE_CHECKING:
    import optuna

    from bioweave.training import Recipe

Choice = bool | int | float | str


class Parameter(BaseModel):
    """One setting; see `search_space.toml` for what each field says."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    key: str
    choices: Annotated[list[Choice], Field(min_length=1)] | None = None
    low: int | float | None = None
    high: int | float | None = None
    log: bool = False
    needs: Literal["encoder"] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Parameter:
        if self.choices is not None:
            if self.low is not None or self.high is not None or self.log:
                raise ValueError(f"{self.key} has choices and a range: it is one or the other")
            return self
        if self.low is None or self.high is None:
            raise ValueError(f"{self.key} wants choices, or low and high")
        if self.low > self.high or (self.log and self.low <= 0):
            raise ValueError(f"{self.key} from {self.low} to {self.high} is no range")
        return self

    def suggest(self, trial: optuna.Trial) -> None:
        """Have a trial draw this parameter, unless it has already."""
        if self.choices is not None:
            trial.suggest_categorical(self.key, self.choices)
        elif isinstance(self.low, int) and isinstance(self.high, int):
            trial.suggest_int(self.key, self.low, self.high, log=self.log)
        elif self.low is not None and self.high is not None:
            trial.suggest_float(self.key, self.low, self.high, log=self.log)


def load_space(recipe: Recipe, path: Path | None = None) -> tuple[Parameter, ...]:
    """The package's parameters, or those of a file of one's own, that mean anything to a recipe.

    Raises ConfigurationError where the file is not of that form, or none is left.
    """
    source = path or resources.files(__package__) / "search_space.toml"
    try:
        table = tomllib.loads(source.read_text(encoding="utf-8"))
        found = tuple(Parameter.model_validate(one) for one in table.get("parameters", ()))
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: no such search space") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise ConfigurationError(f"{path}: not a search space: {error}") from error
    kept = tuple(one for one in found if one.needs is None or recipe.model.encoder)
    if not kept or len({one.key for one in kept}) < len(kept):
        raise ConfigurationError(f"{path}: has no parameters, or one of them twice")
    return kept


def overrides_of(parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """Values by key, as overrides of a recipe."""
    return tuple(f"{key}={inline(value)}" for key, value in parameters.items())
