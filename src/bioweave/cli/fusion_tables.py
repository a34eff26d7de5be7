"""What a fusion came to, as tables for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.table import Table


def tables_of(report: dict[str, Any]) -> Iterator[Table]:
    """A table for each split and corpus: members, then methods, and what fusion gained."""
    for split in ("dev", "test"):
        if split not in report:
            continue
        for corpus, compared in report[split]["corpora"].items():
            yield _table(report, split, corpus, compared)


def _table(report: dict[str, Any], split: str, corpus: str, compared: dict[str, Any]) -> Table:
    told = compared["difference"]
    low, high = told["interval"]
    table = Table(
        title=f"{corpus} {split}",
        caption=(
            f"{report['dev' if split == 'dev' else split]['method']} less "
            f"{report[split]['member']}: {100 * told['strict_f1']:+.2f} points of strict F1, "
            f"95% from {100 * low:+.2f} to {100 * high:+.2f}, p = {told['p_value']:.3f}"
        ),
    )
    table.add_column("")
    table.add_column("kind")
    for column in ("precision", "recall", "F1", "95% interval", "token accuracy"):
        table.add_column(column, justify="right")
    for kind in ("members", "methods"):
        for name, scores in compared[kind].items():
            is_best = name in (report[split]["member"], report[split]["method"])
            strict = scores["mentions"]["strict"]
            interval = scores["confidence_interval"]["strict_f1"]
            table.add_row(
                name,
                kind.removesuffix("s"),
                *(f"{100 * strict[key]:.2f}" for key in ("precision", "recall", "f1")),
                f"{100 * interval[0]:.1f} to {100 * interval[1]:.1f}",
                f"{100 * scores['tokens']['accuracy']:.2f}",
                style="bold" if is_best else None,
                end_section=kind == "members" and name == list(compared["members"])[-1],
            )
    return table
