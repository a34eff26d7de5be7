"""Rich Release Format: names of UMLS (`MRCONSO.RRF`) and RxNorm (`RXNCONSO.RRF`).

Rows have fixed columns with a bar behind each (UMLS Reference Manual, chapter 3), the same in both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from bioweave.lexicon.kinds import PREFERRED, SYNONYM
from bioweave.lexicon.sources.entry import EntryName, SourceEntry
from bioweave.lexicon.sources.file import SourceFile
from bioweave.lexicon.sources.settings import SourceSettings

_N_COLUMNS = 18
_CUI, _LANGUAGE, _STATUS, _STRING_TYPE, _IS_PREFERRED = 0, 1, 2, 4, 6
_VOCABULARY, _NAME, _SUPPRESSED = 11, 14, 16
_SHOWN: Final = ("N", "")  # neither obsolete (O) nor suppressed (E, Y)
_TYPE_CUI, _TYPE, _TYPE_TREE = 0, 1, 2
_N_TYPE_COLUMNS = 6


def read_rrf(file: SourceFile, settings: SourceSettings) -> Iterator[SourceEntry]:
    """An entry for each row that settings want: its language, vocabulary, and not suppressed.

    Raises FormatError at a row with another number of columns: the last one of a truncated file.
    """
    languages, vocabularies = frozenset(settings.languages), frozenset(settings.vocabularies)
    for number, cells in _rows(file, _N_COLUMNS):
        if languages and cells[_LANGUAGE] not in languages:
            continue
        if vocabularies and cells[_VOCABULARY] not in vocabularies:
            continue
        if not settings.suppressed and cells[_SUPPRESSED] not in _SHOWN:
            file.warn("suppressed row left out", number)
            continue
        is_preferred = (
            cells[_STATUS] == "P" and cells[_STRING_TYPE] == "PF" and cells[_IS_PREFERRED] == "Y"
        )
        kind = PREFERRED if is_preferred else SYNONYM
        yield SourceEntry(cells[_CUI], (EntryName(cells[_NAME].strip(), kind),), line=number)


def read_semantic_types(file: SourceFile) -> Mapping[str, tuple[str, ...]]:
    """By concept, its semantic types, each as its identifier (`T047`) and as its tree number."""
    types: dict[str, tuple[str, ...]] = {}
    for _, cells in _rows(file, _N_TYPE_COLUMNS):
        found = types.get(cells[_TYPE_CUI], ())
        types[cells[_TYPE_CUI]] = (*found, cells[_TYPE], cells[_TYPE_TREE])
    return types


def _rows(file: SourceFile, n_columns: int) -> Iterator[tuple[int, list[str]]]:
    for number, line in file.lines():
        cells = line.split("|")
        # The bar behind the last column leaves an empty cell.
        if len(cells) != n_columns + 1 or cells[-1]:
            raise file.error(
                f"{len(cells) - 1} columns, expected {n_columns} with a bar behind each: no RRF "
                "table of this kind, or a truncated one; copy or fetch it again",
                number,
            )
        yield number, cells
