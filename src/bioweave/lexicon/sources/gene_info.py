"""NCBI's `gene_info`: symbols, synonyms and full names of genes, with their organism."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bioweave.lexicon.kinds import FULL_NAME, PREFERRED, SYMBOL, SYNONYM
from bioweave.lexicon.sources.entry import EntryName, SourceEntry
from bioweave.lexicon.sources.file import SourceFile
from bioweave.lexicon.sources.settings import SourceSettings

_NEEDED = ("#tax_id", "GeneID", "Symbol", "Synonyms", "description")
_NOTHING = "-"
_PLACEHOLDER = "NEWENTRY"  # genes that NCBI knows no symbol of
# Column, whether it holds several with bars between, kind.
_NAMES = (
    ("Symbol", False, PREFERRED),
    ("Symbol_from_nomenclature_authority", False, SYMBOL),
    ("Full_name_from_nomenclature_authority", False, FULL_NAME),
    ("description", False, FULL_NAME),
    ("LocusTag", False, SYMBOL),
    ("Synonyms", True, SYMBOL),
    ("Other_designations", True, SYNONYM),
)


def read_gene_info(file: SourceFile, settings: SourceSettings) -> Iterator[SourceEntry]:
    """An entry for each gene of the organisms that settings want, with the property `taxon`.

    Raises FormatError without the header line, or at a row that is shorter than it.
    """
    columns: Mapping[str, int] = {}
    taxa = frozenset(settings.taxa)
    for number, line in file.lines():
        cells = line.split("\t")
        if not columns:
            columns = _columns(file, cells)
            continue
        if len(cells) != len(columns):
            raise file.error(
                f"{len(cells)} columns, and the header names {len(columns)}: the row is "
                "truncated or damaged; fetch the file again",
                number,
            )
        taxon = cells[columns["#tax_id"]]
        if taxa and taxon not in taxa:
            continue
        if cells[columns["Symbol"]] == _PLACEHOLDER:
            file.warn("gene without a symbol left out", number)
            continue
        yield SourceEntry(
            cells[columns["GeneID"]],
            tuple(_names(cells, columns)),
            line=number,
            properties={"taxon": taxon},
        )


def _columns(file: SourceFile, cells: Sequence[str]) -> dict[str, int]:
    columns = {name.strip(): place for place, name in enumerate(cells)}
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise file.error(
            f"the first line names no column {', '.join(missing)}; expected the header of NCBI's "
            "gene_info, which begins with #tax_id",
            1,
        )
    return columns


def _names(cells: Sequence[str], columns: Mapping[str, int]) -> Iterator[EntryName]:
    seen: set[str] = set()
    for column, is_list, kind in _NAMES:
        if column not in columns:
            continue
        cell = cells[columns[column]].strip()
        for name in cell.split("|") if is_list else (cell,):
            if name and name != _NOTHING and name not in seen:
                seen.add(name)
                yield EntryName(name, kind)
