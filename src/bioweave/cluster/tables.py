"""Mentions, concepts and relations as flat tables beside the documents, for questions over a run.

`documents.parquet` has all of a document and reads back as every Parquet file of ours does; the
tables repeat of it, in few and narrow columns, what questions ask for.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bioweave.document import Argument, Document, Sentence
from bioweave.errors import MissingExtraError

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ModuleNotFoundError as error:
    raise MissingExtraError("pyarrow", extra="scale", needed_for="Parquet") from error

# Some 5 MB in memory; DuckDB and others like large row groups.
_ROWS_IN_GROUP = 1 << 16

# Of a number, a string or a date (2001, "2001 May", "2001-05-03", "03.05.2001", "20010503") the
# year. DuckDB reads it as Python does.
YEAR = r"(?:^|[^0-9])([12][0-9]{3})(?:[01][0-9][0-3][0-9])?(?:[^0-9]|$)"

# A mention's key is `document` and `mention`, its place among the document's mentions from 0.
# `sentence` is the place of the sentence that it starts in, `year` that of the document.
MENTIONS = pa.schema(
    {
        "document": pa.string(),
        "mention": pa.int32(),
        "sentence": pa.int32(),
        "start": pa.int32(),
        "end": pa.int32(),
        "text": pa.string(),
        "label": pa.string(),
        "confidence": pa.float32(),
        "n_concepts": pa.int32(),
        "year": pa.int16(),
    }
)
# A row for each concept of a mention, the likeliest first (`rank` 0).
CONCEPTS = pa.schema(
    {
        "document": pa.string(),
        "mention": pa.int32(),
        "rank": pa.int32(),
        "sentence": pa.int32(),
        "label": pa.string(),
        "concept": pa.string(),
        "name": pa.string(),
        "score": pa.float32(),
        "year": pa.int16(),
    }
)
# What a relation joins: a concept's id and name, or of a mention that has none null and its text.
RELATIONS = pa.schema(
    {
        "document": pa.string(),
        "relation": pa.int32(),
        "label": pa.string(),
        "head": pa.string(),
        "head_name": pa.string(),
        "head_label": pa.string(),
        "tail": pa.string(),
        "tail_name": pa.string(),
        "tail_label": pa.string(),
        "evidence_start": pa.int32(),
        "evidence_end": pa.int32(),
        "confidence": pa.float32(),
        "year": pa.int16(),
    }
)


class FlatTables:
    """Writes the tables of a shard, a row group in memory at a time; relations where asked to."""

    def __init__(self, folder: Path, *, with_relations: bool = False) -> None:
        self._mentions = _Table(folder / "mentions.parquet", MENTIONS)
        self._concepts = _Table(folder / "concepts.parquet", CONCEPTS)
        self._relations: _Table | None = None
        if with_relations:
            self._relations = _Table(folder / "relations.parquet", RELATIONS)

    def write(self, document: Document, sentences: Sequence[Sentence]) -> None:
        """Take a document's mentions, their concepts, and its relations."""
        starts = [sentence.start for sentence in sentences]
        year = _year_of(document)
        for place, mention in enumerate(document.mentions):
            sentence = max(0, bisect_right(starts, mention.start) - 1)
            self._mentions.add(
                document.id,
                place,
                sentence,
                mention.start,
                mention.end,
                mention.text,
                mention.label,
                mention.confidence,
                len(mention.concepts),
                year,
            )
            for rank, concept in enumerate(mention.concepts):
                self._concepts.add(
                    document.id,
                    place,
                    rank,
                    sentence,
                    mention.label,
                    concept.id,
                    concept.name,
                    concept.score,
                    year,
                )
        if self._relations is not None:
            for place, relation in enumerate(document.relations):
                head, tail = (_end(one, document) for one in relation.arguments)
                evidence = relation.metadata.get("evidence") or (None, None)
                self._relations.add(
                    document.id,
                    place,
                    relation.label,
                    *head,
                    *tail,
                    *evidence,
                    relation.confidence,
                    year,
                )

    def close(self) -> None:
        """Complete all files."""
        self._mentions.close()
        self._concepts.close()
        if self._relations is not None:
            self._relations.close()


def _end(argument: Argument, document: Document) -> tuple[str | None, str | None, str | None]:
    """Id, name and label of what a relation joins: a concept, or a mention's likeliest."""
    for mention in document.mentions:
        if argument.kind == "concept":
            for concept in mention.concepts:
                if concept.id == argument.target:
                    return concept.id, concept.name or mention.text, mention.label
        elif mention.id == argument.target:
            if not mention.concepts:
                return None, mention.text, mention.label
            likeliest = mention.concepts[0]
            return likeliest.id, likeliest.name or mention.text, mention.label
    return argument.target, None, None


class _Table:
    def __init__(self, path: Path, schema: Any) -> None:
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self._schema = schema
        self._columns: list[list[Any]] = [[] for _ in schema]

    def add(self, *values: Any) -> None:
        for column, value in zip(self._columns, values, strict=True):
            column.append(value)
        if len(self._columns[0]) >= _ROWS_IN_GROUP:
            self._write_group()

    def close(self) -> None:
        if self._columns[0]:
            self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        arrays = [
            pa.array(column, field.type)
            for column, field in zip(self._columns, self._schema, strict=True)
        ]
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._columns = [[] for _ in self._schema]


def _year_of(document: Document) -> int | None:
    found = re.search(YEAR, str(document.metadata.get("year", "")))
    return int(found[1]) if found is not None else None
