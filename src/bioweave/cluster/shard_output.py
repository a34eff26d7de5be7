"""What a shard is written to: its documents, its tables, and what failed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from bioweave.cluster.folder import QUARANTINE
from bioweave.cluster.job import OutputFormat
from bioweave.document import Document, Sentence
from bioweave.formats import DocumentWriter, open_writer

if TYPE_CHECKING:
    from bioweave.cluster.tables import FlatTables

_NAMES: dict[OutputFormat, str] = {"parquet": "documents.parquet", "jsonl": "documents.jsonl.gz"}


class ShardOutput:
    """Opens the files of a shard in a folder. Close it, or what was written is not complete."""

    def __init__(self, folder: Path, to: OutputFormat, *, with_relations: bool = False) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._quarantine: IO[str] | None = None
        self._documents: DocumentWriter = self._stack.enter_context(
            open_writer(folder / _NAMES[to], to)
        )
        self._tables: FlatTables | None = None
        if to == "parquet":
            from bioweave.cluster.tables import FlatTables

            self._tables = FlatTables(folder, with_relations=with_relations)
            self._stack.callback(self._tables.close)

    def write(self, document: Document, sentences: Sequence[Sentence]) -> None:
        """Take a document. Raises InputError, and takes nothing, where it has no form here."""
        self._documents.write(document)
        if self._tables is not None:
            self._tables.write(document, sentences)

    def refuse(self, **values: Any) -> None:
        """Put a line about what failed into the quarantine."""
        if self._quarantine is None:
            path = self._folder / QUARANTINE
            self._quarantine = self._stack.enter_context(path.open("w", encoding="utf-8"))
        line = json.dumps(values, ensure_ascii=False)
        # Half a surrogate pair in an id must not spoil the file.
        self._quarantine.write(line.encode("utf-8", "backslashreplace").decode() + "\n")

    def close(self) -> None:
        """Complete all files."""
        self._stack.close()
