"""NCBI Taxonomy's `names.dmp`: names of organisms."""

from __future__ import annotations

from collections.abc import Iterator

from bioweave.lexicon.kinds import PREFERRED, RELATED, SYNONYM
from bioweave.lexicon.sources.entry import EntryName, SourceEntry
from bioweave.lexicon.sources.file import SourceFile
from bioweave.lexicon.sources.settings import SourceSettings

_END = "\t|"
_BETWEEN = "\t|\t"
_N_COLUMNS = 4
# Classes of names; the others (authority, type material, in-part ...) name no organism in a text.
_KINDS = {
    "scientific name": PREFERRED,
    "synonym": SYNONYM,
    "equivalent name": SYNONYM,
    "acronym": SYNONYM,
    "genbank acronym": SYNONYM,
    "common name": SYNONYM,
    "genbank common name": SYNONYM,
    "blast name": RELATED,
    "includes": RELATED,
}


def read_taxonomy(file: SourceFile, settings: SourceSettings) -> Iterator[SourceEntry]:
    """An entry for each name that may stand in a text; classes left out are counted.

    Raises FormatError at a row that has not four columns.
    """
    for number, line in file.lines():
        cells = line.removesuffix(_END).split(_BETWEEN)
        if len(cells) != _N_COLUMNS or not line.endswith(_END):
            raise file.error(
                f"{len(cells)} columns, expected {_N_COLUMNS} with bars: an id, a name, its unique "
                "form, its class; the file is truncated, or it is not names.dmp",
                number,
            )
        taxon, name, _, class_ = (cell.strip() for cell in cells)
        kind = _KINDS.get(class_)
        if kind is None:
            file.warn(f"name of class {class_!r} left out", number, name)
            continue
        yield SourceEntry(taxon, (EntryName(name, kind),), line=number)
