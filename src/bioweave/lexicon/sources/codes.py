"""Which codes (tree numbers, semantic types) an id has, from a table beside the source."""

from __future__ import annotations

from collections.abc import Mapping

from bioweave.lexicon.sources.file import SourceFile
from bioweave.lexicon.sources.rrf import read_semantic_types

_SEPARATOR = "|"


def read_codes(file: SourceFile) -> Mapping[str, tuple[str, ...]]:
    """Codes by id.

    A table with tabs has an id and its codes, joined by bars (`D001241<TAB>D02.455|D02.241`); a
    file named `*STY.RRF` is UMLS's or RxNorm's table of semantic types.
    """
    if file.plain_name.upper().endswith("STY.RRF"):
        return read_semantic_types(file)
    codes: dict[str, tuple[str, ...]] = {}
    for number, line in file.lines():
        if not line.strip():
            continue
        id_, tab, joined = line.partition("\t")
        if not tab:
            raise file.error(
                f"expected an id, a tab and codes joined by bars; found {line[:60]!r}", number
            )
        found = tuple(code.strip() for code in joined.split(_SEPARATOR) if code.strip())
        codes[id_.strip()] = codes.get(id_.strip(), ()) + found
    return codes
