"""Subject headings as InvenioRDM packages hold them: a CSV of addresses and preferred names.

id,scheme,subject
https://id.nlm.nih.gov/mesh/D000006,MeSH,"Abdomen, Acute"
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

from bioweave.lexicon.kinds import PREFERRED
from bioweave.lexicon.sources.entry import EntryName, SourceEntry
from bioweave.lexicon.sources.file import SourceFile
from bioweave.lexicon.sources.settings import SourceSettings

HEADER = ("id", "scheme", "subject")


def read_subjects(file: SourceFile, settings: SourceSettings) -> Iterator[SourceEntry]:
    """An entry for each row; the last part of its address is the id.

    Raises FormatError without the header line, or at a row that has not three columns.
    """
    rows = csv.reader(line for _, line in file.lines())
    for number, row in enumerate(rows, start=1):
        if number == 1:
            if tuple(row) != HEADER:
                raise file.error(f"the first line is {row!r}, expected {','.join(HEADER)}", 1)
            continue
        if len(row) != len(HEADER):
            raise file.error(
                f"{len(row)} columns, expected {len(HEADER)}: an address, a scheme and a name; "
                "the file is truncated or damaged",
                rows.line_num,
            )
        address, _, name = row
        yield SourceEntry(
            address.rstrip("/").rpartition("/")[2],
            (EntryName(name, PREFERRED),),
            line=rows.line_num,
        )
