"""What `evaluate --json` says of relations, as tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text


def relation_tables(result: Mapping[str, Any]) -> Iterator[Table | Text]:
    """One corpus's evaluation: its relations, and what remains to be said."""
    per_minute = 60.0 * result["documents"] / result["seconds"] if result["seconds"] else 0.0
    yield Text(
        f"{result['model']} on {result['corpus']} {result['split']}, gold mentions: "
        f"{result['documents']:,} documents, {result['pairs']:,} pairs in "
        f"{result['seconds']:.1f} s ({per_minute:,.0f} documents a minute)"
    )
    table = Table(title="Relations", title_justify="left")
    table.add_column("label")
    for heading in ("precision", "recall", "F1", "95% interval", "support"):
        table.add_column(heading, justify="right", no_wrap=True)
    low, high = result["confidence_interval"]["f1"]
    rows = {"all": result["relations"], **result["relations"]["labels"]}
    for label, score in rows.items():
        if label != "all" and len(rows) == 2:
            continue
        table.add_row(
            label,
            *(f"{score[part]:.4f}" for part in ("precision", "recall", "f1")),
            f"{low:.4f} to {high:.4f}" if label == "all" else "",
            f"{score['support']:,}",
            end_section=label == "all",
        )
    yield table
    error = result["calibration"]["expected_error"]
    if error is not None:
        yield Text(f"Expected calibration error of the relations' confidence: {error:.4f}")
    if result["unknown_labels"]:
        yield Text(
            f"The model knows no {_listed(result['unknown_labels'])}: all relations of these count "
            "as missed",
            style="yellow",
        )
    for warning in result["warnings"]:
        yield Text(warning, style="yellow")
    if result["saw_split"]:
        yield Text(
            f"{result['corpus']} {result['split']} was learned from: its figures say nothing of "
            "new texts",
            style="yellow",
        )
    if result["seen_elsewhere"]:
        yield Text(
            f"{result['seen_elsewhere']} of the documents were learned from in another corpus: "
            "the figures flatter",
            style="yellow",
        )


def _listed(labels: list[str]) -> str:
    return ", ".join(labels)
