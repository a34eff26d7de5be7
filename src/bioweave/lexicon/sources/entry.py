"""What a line or a record of a terminology says of one concept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bioweave.lexicon.kinds import SYNONYM


class EntryName(NamedTuple):
    """A name, as it is spelled, and its kind."""

    text: str
    kind: str = SYNONYM


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """Names and facts of one concept; entries of one id add up.

    `id` is as the file spells it. `codes` are what tells a label where it depends on the branch:
    tree numbers, semantic types. `label` is set where the file says it outright. `line` is where
    the entry begins, None where a parser cannot tell.
    """

    id: str
    names: tuple[EntryName, ...] = ()
    line: int | None = None
    label: str | None = None
    codes: tuple[str, ...] = ()
    alternative_ids: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict, hash=False)
