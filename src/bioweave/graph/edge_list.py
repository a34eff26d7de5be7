"""A table of edges in Parquet, for polars, pandas, DuckDB or Spark."""

from __future__ import annotations

from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from bioweave.graph.elements import Graph

_SCHEMA = pa.schema(
    {
        "head": pa.string(),
        "head_name": pa.string(),
        "head_label": pa.string(),
        "label": pa.string(),
        "tail": pa.string(),
        "tail_name": pa.string(),
        "tail_label": pa.string(),
        "n_relations": pa.int64(),
        "n_documents": pa.int64(),
        "mean_confidence": pa.float64(),
        "max_confidence": pa.float64(),
        "documents": pa.list_(pa.string()),
        "evidence": pa.string(),
        "evidence_document": pa.string(),
    }
)
_ROWS_AT_ONCE = 10_000


def write_edge_list(graph: Graph, stream: BinaryIO) -> None:
    """Write a row for each edge, with the names and labels of its ends."""
    nodes = {node.id: node for node in graph.nodes}
    with pq.ParquetWriter(stream, _SCHEMA, compression="zstd") as table:
        for start in range(0, len(graph.edges), _ROWS_AT_ONCE):
            rows = []
            for edge in graph.edges[start : start + _ROWS_AT_ONCE]:
                row: dict[str, object] = {
                    name: getattr(edge, name) for name in _SCHEMA.names if hasattr(edge, name)
                }
                for side in ("head", "tail"):
                    node = nodes[getattr(edge, side)]
                    row |= {f"{side}_name": node.name, f"{side}_label": node.label}
                rows.append(row)
            table.write_batch(pa.RecordBatch.from_pylist(rows, schema=_SCHEMA))
