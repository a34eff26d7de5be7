"""What all sections of a recipe have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Fraction = Annotated[float, Field(ge=0.0, lt=1.0)]
Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class Section(BaseModel):
    """A table of a recipe: it never changes, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def check_keys(table: Mapping[str, object], kind: type[Any]) -> None:
    """Raise ValueError for a key that the dataclass `kind` has no field of.

    For a section that is a plain dataclass, which would take it without a word.
    """
    known = [field.name for field in fields(kind)]
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}; known are {', '.join(known)}")
