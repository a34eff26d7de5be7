"""What became of earlier tries at a shard: whom to blame when workers die of it.

A worker that dies (out of memory, a crash in a library) tells nobody why, and one that can do
nothing any more (a device lost) does not know why. What it was at stands in
a file, for whoever tries again, whichever engine that is, after a restart as well. A third try
goes document by document, and one that two workers died of is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bioweave.whole_files import read_json, write_json

# Before these, chance is likelier: a machine that goes down, an impatient user.
_DEATHS_BEFORE_CARE = 2
_DEATHS_OF_DOCUMENT = 2
_DEATHS_OF_SHARD = 20


@dataclass(slots=True)
class Tries:
    """How often workers died of a shard, and at which document, by position."""

    path: Path
    n_deaths: int = 0
    deaths_at: dict[int, int] = field(default_factory=dict)

    @classmethod
    def begin(cls, path: Path) -> Tries:
        """A further try; every earlier one that did not end has been a death."""
        values: dict[str, Any] | None = read_json(path)
        tries = cls(path)
        if values is not None:
            tries.n_deaths = values["deaths"] + 1
            tries.deaths_at = {int(place): n for place, n in values["deaths_at"].items()}
            if values["at"] is not None:
                tries.deaths_at[values["at"]] = tries.deaths_at.get(values["at"], 0) + 1
        tries._write(None)
        return tries

    @staticmethod
    def call_off(path: Path) -> None:
        """A try was ended on purpose: it is no death, and those before it stay counted."""
        values: dict[str, Any] | None = read_json(path)
        if values is None:
            return
        if values["deaths"] == 0:
            path.unlink(missing_ok=True)
        else:
            write_json(path, {**values, "deaths": values["deaths"] - 1, "at": None})

    @property
    def is_careful(self) -> bool:
        """Whether it is time to go document by document."""
        return self.n_deaths >= _DEATHS_BEFORE_CARE

    @property
    def is_hopeless(self) -> bool:
        """Whether it is time to leave it: many deaths that no document is to blame for."""
        n_explained = sum(n for n in self.deaths_at.values() if n >= _DEATHS_OF_DOCUMENT)
        return self.n_deaths - n_explained >= _DEATHS_OF_SHARD

    def leave(self) -> None:
        """Whoever tries another time goes with care, and knows which documents are to blame."""
        n_explained = sum(n for n in self.deaths_at.values() if n >= _DEATHS_OF_DOCUMENT)
        # The next `begin` adds one, for a try that did not end.
        self.n_deaths = n_explained + _DEATHS_BEFORE_CARE - 1
        self._write(None)

    def is_deadly(self, position: int) -> bool:
        """Whether a document has been seen to end its worker, again and again."""
        return self.deaths_at.get(position, 0) >= _DEATHS_OF_DOCUMENT

    def at(self, position: int) -> None:
        """Say that this document is next, before it is touched."""
        self._write(position)

    def end(self) -> None:
        """This try came to its end, well or with an error that was told."""
        self.path.unlink(missing_ok=True)

    def _write(self, position: int | None) -> None:
        values = {"deaths": self.n_deaths, "deaths_at": self.deaths_at, "at": position}
        write_json(self.path, values)
