"""Vocabularies of the Comparative Toxicogenomics Database: diseases, chemicals, genes.

CSV or TSV. The header stands in a comment, below a comment that reads `# Fields:`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bioweave.lexicon.kinds import FULL_NAME, PREFERRED, SYMBOL, SYNONYM
from bioweave.lexicon.sources.entry import EntryName, SourceEntry
from bioweave.lexicon.sources.file import SourceFile
from bioweave.lexicon.sources.settings import SourceSettings

_COMMENT = "#"
_FIELDS = "# Fields:"
_CREATED = "# Report created:"
# The columns of the id, of the preferred name, and of another name, by what they are called.
_SHAPES = (
    ("DiseaseID", "DiseaseName", None),
    ("ChemicalID", "ChemicalName", None),
    ("GeneID", "GeneSymbol", "GeneName"),
)


def read_ctd(file: SourceFile, settings: SourceSettings) -> Iterator[SourceEntry]:
    """An entry for each row, with its synonyms, tree numbers and alternative ids.

    Raises FormatError where the comment with the header is missing, or a row does not fit it.
    """
    header: list[str] = []
    separator = ","
    awaits_header = False
    rows: list[tuple[int, str]] = []
    lines = file.lines()
    for number, line in lines:
        if not line.startswith(_COMMENT):
            rows.append((number, line))
            break
        if line.startswith(_CREATED):
            file.version = line.removeprefix(_CREATED).strip()
        elif awaits_header:
            separator = "\t" if "\t" in line else ","
            header = [cell.strip() for cell in line.lstrip("# ").split(separator)]
            awaits_header = False
        awaits_header = awaits_header or line.startswith(_FIELDS)
    id_column, name_column, other_column = _shape(file, header)
    for number, cells in _rows(file, [*rows], lines, separator):
        if len(cells) == 1 and not cells[0].strip():
            continue
        if len(cells) != len(header):
            raise file.error(f"{len(cells)} columns, and the header names {len(header)}", number)
        row = dict(zip(header, cells, strict=True))
        names = [EntryName(row[name_column], SYMBOL if other_column else PREFERRED)]
        if other_column:
            names = [
                EntryName(row[name_column], PREFERRED),
                EntryName(row[other_column], FULL_NAME),
            ]
        names += [EntryName(name, SYNONYM) for name in _split(row, "Synonyms")]
        yield SourceEntry(
            row[id_column],
            tuple(name for name in names if name.text),
            line=number,
            codes=_split(row, "TreeNumbers"),
            alternative_ids=_split(row, "AltDiseaseIDs") + _split(row, "AltGeneIDs"),
        )


def _shape(file: SourceFile, header: Sequence[str]) -> tuple[str, str, str | None]:
    for shape in _SHAPES:
        if shape[0] in header and shape[1] in header:
            return shape
    raise file.error(
        "no comment '# Fields:' with a header below that names DiseaseID, ChemicalID or GeneID: "
        "not a vocabulary of CTD"
    )


def _rows(
    file: SourceFile,
    first: Iterable[tuple[int, str]],
    rest: Iterable[tuple[int, str]],
    separator: str,
) -> Iterator[tuple[int, list[str]]]:
    number = 0

    def numbered() -> Iterator[str]:
        nonlocal number
        for lines in (first, rest):
            for number, line in lines:  # noqa: B007
                if not line.startswith(_COMMENT):
                    yield line

    if separator == "\t":
        reader = csv.reader(numbered(), delimiter=separator, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(numbered(), strict=True)
    try:
        for cells in reader:
            yield number, cells
    except csv.Error as error:
        raise file.error(f"no CSV: {error}", number) from error


def _split(row: Mapping[str, str], column: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in row.get(column, "").split("|") if part.strip())
