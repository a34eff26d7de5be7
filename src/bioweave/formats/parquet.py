"""Parquet: a row for each document, its mentions a list in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bioweave.document import Document
from bioweave.errors import FormatError, InputError, MissingExtraError, Place
from bioweave.formats.json_relations import relation_to_json
from bioweave.formats.json_shape import document_from_json, document_to_json
from bioweave.formats.jsonl import dump_json
from bioweave.formats.parts import Part
from bioweave.formats.sink import Sink
from bioweave.formats.source import Source

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ModuleNotFoundError as error:
    raise MissingExtraError("pyarrow", extra="scale", needed_for="Parquet") from error

_ROWS_AT_ONCE = 256
_BYTES_AT_ONCE = 16 << 20

# Metadata, whose shape differs from document to document, stands as JSON.
_SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "text": pa.large_string(),
        "mentions": pa.list_(
            pa.struct(
                {
                    "start": pa.int64(),
                    "end": pa.int64(),
                    "text": pa.string(),
                    "label": pa.string(),
                    "confidence": pa.float64(),
                    "concepts": pa.list_(
                        pa.struct({"id": pa.string(), "name": pa.string(), "score": pa.float64()})
                    ),
                    "id": pa.string(),
                    "fragments": pa.list_(pa.list_(pa.int64())),
                    "metadata": pa.string(),
                }
            )
        ),
        "relations": pa.list_(
            pa.struct(
                {
                    "label": pa.string(),
                    "arguments": pa.list_(
                        pa.struct({"role": pa.string(), "target": pa.string(), "kind": pa.string()})
                    ),
                    "id": pa.string(),
                    "confidence": pa.float64(),
                    "metadata": pa.string(),
                }
            )
        ),
        "passages": pa.list_(
            pa.struct({"start": pa.int64(), "end": pa.int64(), "kind": pa.string()})
        ),
        "metadata": pa.string(),
    }
)


def read_parquet(
    source: Source, row_groups: range | None = None
) -> Iterator[tuple[int | None, Document] | InputError]:
    """The documents, a batch of rows in memory at a time; only the column `text` must be there.

    With `row_groups` only those; rows are numbered over the whole file.
    """
    try:
        table = pq.ParquetFile(source.path or pa.BufferReader(source.stream.read()))
        if "text" not in table.schema_arrow.names:
            raise FormatError("the table has no column 'text'", source.place())
        groups = range(table.num_row_groups) if row_groups is None else row_groups
        number = sum(table.metadata.row_group(group).num_rows for group in range(groups.start))
        for batch in table.iter_batches(batch_size=_ROWS_AT_ONCE, row_groups=list(groups)):
            for row in batch.to_pylist():
                number += 1
                yield _read_row(row, number, source)
    except (pa.ArrowException, OSError) as error:
        raise FormatError(
            f"not a whole Parquet file: {error}; one whose writing was cut short has no index and "
            f"must be written again",
            source.place(),
        ) from error


def cut_row_groups(path: Path, n_rows: int) -> Iterator[tuple[range, range]]:
    """Row groups of about so many rows together, and the bytes of the file that they take.

    Raises FormatError for what is no Parquet file.
    """
    try:
        about = pq.ParquetFile(path).metadata
    except (pa.ArrowException, OSError) as error:
        raise FormatError(f"not a whole Parquet file: {error}", Place(str(path))) from error
    first, rows, start = 0, 0, 0
    for group in range(about.num_row_groups):
        rows += about.row_group(group).num_rows
        is_last = group + 1 == about.num_row_groups
        if rows >= n_rows or is_last:
            end = path.stat().st_size if is_last else _first_byte(about.row_group(group + 1))
            yield range(first, group + 1), range(start, end)
            first, rows, start = group + 1, 0, end


def _first_byte(group: Any) -> int:
    columns = [group.column(place) for place in range(group.num_columns)]
    pages = [(column.dictionary_page_offset, column.data_page_offset) for column in columns]
    return min(int(offset) for offsets in pages for offset in offsets if offset is not None)


def _read_row(
    row: dict[str, Any], number: int, source: Source
) -> tuple[int | None, Document] | InputError:
    place = source.place(line=number)
    try:
        for owner in (row, *(row.get("mentions") or ()), *(row.get("relations") or ())):
            if isinstance(owner.get("metadata"), str):
                owner["metadata"] = json.loads(owner["metadata"])
        document = document_from_json(row, default_id=f"{source.stem}-{number}", place=place)
    except InputError as error:
        return error
    except ValueError as error:
        return FormatError(f"metadata is not JSON: {error}", place)
    return number, document


class ParquetEncoder:
    """Writes row groups, of some hundred documents or 16 MB of text each.

    The file's index comes last: after a hard kill what was written cannot be read. An error or
    an interruption goes through `close`, and loses nothing.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._table = pq.ParquetWriter(sink.stream, _SCHEMA, compression="zstd")
        self._rows: list[dict[str, Any]] = []
        self._n_bytes = 0

    def write(self, document: Document) -> list[Part]:
        """Takes the document: nothing is lost."""
        row = document_to_json(document)
        # A column's structure is the same in all rows.
        row["relations"] = [relation_to_json(relation) for relation in document.relations]
        for owner in (row, *row["mentions"], *row["relations"]):
            if "metadata" in owner:
                owner["metadata"] = dump_json(owner["metadata"], document.id)
        try:
            pa.RecordBatch.from_pylist([row], schema=_SCHEMA)
        except (pa.ArrowException, OverflowError) as error:
            raise FormatError(f"cannot be written as Parquet: {error}") from error
        self._rows.append(row)
        self._n_bytes += len(document.text)
        if len(self._rows) >= _ROWS_AT_ONCE or self._n_bytes >= _BYTES_AT_ONCE:
            self._write_rows()
        return []

    def close(self) -> None:
        """Writes the last row group and the index."""
        if self._sink.is_closed:
            return
        self._write_rows()
        self._table.close()
        self._sink.close()

    def _write_rows(self) -> None:
        if self._rows:
            self._table.write_batch(pa.RecordBatch.from_pylist(self._rows, schema=_SCHEMA))
        self._rows, self._n_bytes = [], 0
