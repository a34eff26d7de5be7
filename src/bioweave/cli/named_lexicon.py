"""The lexicon that a command is given, by its path or by a known name."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

_Given = TypeVar("_Given", Path, "Path | None")


def named_lexicon(lexicon: _Given) -> _Given:
    """The compiled file, built first where a name is given for the first time."""
    if lexicon is None:
        return lexicon
    from bioweave.cli.working import working
    from bioweave.lexicon.finding import find_lexicon

    with working(f"looking for the lexicon {lexicon}"):
        return find_lexicon(lexicon)
