"""Tables of ids that mean the same: another id, a tab, and the id of the concept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bioweave.lexicon.sources.entry import SourceEntry
from bioweave.lexicon.sources.file import SourceFile
from bioweave.lexicon.sources.settings import SourceSettings

_WITH_NUMBER = re.compile(r"\d")


def read_id_pairs(file: SourceFile, settings: SourceSettings) -> Iterator[SourceEntry]:
    """An entry without names for each line; further columns are ignored.

    A first line without a digit in its first column is a header.
    """
    for number, line in file.lines():
        cells = [cell.strip() for cell in line.split("\t")]
        if not any(cells) or line.startswith("# "):
            continue
        if number == 1 and not any(map(_WITH_NUMBER.search, cells[:1])):
            continue
        if number == 1 and any("id" in cell.lower().split("_") for cell in cells[:2]):
            continue
        if len(cells) < 2 or not cells[0] or not cells[1]:
            raise file.error(
                f"expected another id, a tab and the concept's id; found {line[:60]!r}", number
            )
        yield SourceEntry(cells[1], line=number, alternative_ids=(cells[0],))
