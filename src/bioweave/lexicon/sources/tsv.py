"""Tables with tabs: an id, a name and perhaps its kind in each line, with or without a header."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bioweave.lexicon.kinds import PERMUTED, PREFERRED, SYMBOL, SYNONYM
from bioweave.lexicon.sources.entry import EntryName, SourceEntry
from bioweave.lexicon.sources.file import SourceFile
from bioweave.lexicon.sources.settings import SourceSettings

_ID_HEADERS = ("id", "#id", "identifier", "concept_id", "cui", "code")
_NAME_HEADERS = ("term", "name", "label_text", "synonym", "str")
_KIND_HEADERS = ("kind", "type", "tty")
_KINDS = {
    "": SYNONYM,
    "pref": PREFERRED,
    "syn": SYNONYM,
    "perm": PERMUTED,
    "sym": SYMBOL,
}
ALTERNATIVE = "alt"  # a kind: the "name" is another id of the same concept


@dataclass(frozen=True, slots=True)
class _Columns:
    id: int = 0
    name: int = 1
    kind: int | None = 2
    label: int | None = None
    taxon: int | None = None

    @property
    def n_needed(self) -> int:
        return max(self.id, self.name) + 1


def read_tsv(file: SourceFile, settings: SourceSettings) -> Iterator[SourceEntry]:
    """An entry for each line; blank lines and lines that begin with `# ` are passed over.

    A header may name the columns `id`, `term` (or `name`), `kind`, `label` and `taxon` in any
    order; without one they are id, term and kind. Raises FormatError for a line with too few
    columns.
    """
    columns: _Columns | None = None
    for number, line in file.lines():
        if not line.strip() or line.startswith("# "):
            continue
        cells = line.split("\t")
        if columns is None:
            header = _header(cells)
            columns = header or _Columns()
            if header is not None:
                continue
        if len(cells) < columns.n_needed:
            raise file.error(
                f"{len(cells)} column(s), expected at least {columns.n_needed} with tabs between: "
                f"an id and a name; found {line[:60]!r}",
                number,
            )
        yield _entry(cells, columns, number)


def _entry(cells: Sequence[str], columns: _Columns, number: int) -> SourceEntry:
    id_ = cells[columns.id].strip()
    name = cells[columns.name].strip()
    kind = _cell(cells, columns.kind)
    if kind == ALTERNATIVE:
        return SourceEntry(id_, line=number, alternative_ids=(name,))
    taxon = _cell(cells, columns.taxon)
    return SourceEntry(
        id_,
        (EntryName(name, _KINDS.get(kind, kind)),),
        line=number,
        label=_cell(cells, columns.label) or None,
        properties={"taxon": taxon} if taxon else {},
    )


def _cell(cells: Sequence[str], column: int | None) -> str:
    return cells[column].strip() if column is not None and column < len(cells) else ""


def _header(cells: Sequence[str]) -> _Columns | None:
    """Where the columns are, if this line names them."""
    names = [cell.strip().lower() for cell in cells]
    id_, name = _place(names, _ID_HEADERS), _place(names, _NAME_HEADERS)
    if id_ is None or name is None:
        return None
    return _Columns(
        id_,
        name,
        _place(names, _KIND_HEADERS),
        _place(names, ("label",)),
        _place(names, ("taxon",)),
    )


def _place(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((place for place, name in enumerate(names) if name in wanted), None)
