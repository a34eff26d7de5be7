"""What `bioweave modes` found, as tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table

_ALL = "all"


def tables_of(report: Mapping[str, Any]) -> Iterator[Table]:
    """Scores by corpus, label and mode, then every rule's effect; in percent and points."""
    yield _scores(report)
    yield _rules(report["rules"])


def _scores(report: Mapping[str, Any]) -> Table:
    table = Table("corpus", "label", "mode", title=f"{report['model']}, {report['split']}, strict")
    for column in ("precision", "recall", "F1"):
        table.add_column(column, justify="right")
    for corpus, one in report["corpora"].items():
        rows = {"model alone": one["model_alone"], **one["modes"]}
        for mode, scores in one.get("modes_with_names", {}).items():
            rows[f"{mode}, with names"] = scores
        labels = tuple(one["model_alone"]["labels"])
        for label in (*labels, _ALL) if len(labels) > 1 else labels:
            for mode, scores in rows.items():
                score = scores if label == _ALL else scores["labels"][label]
                figures = (f"{100 * score[name]:.1f}" for name in ("precision", "recall", "f1"))
                table.add_row(corpus, label, mode, *figures)
            table.add_section()
    return table


def _rules(rules: list[dict[str, Any]]) -> Table:
    table = Table("rule", "on", "mode", "corpus", title="rules: with them less without, in points")
    for column in ("changed", "precision", "recall", "F1"):
        table.add_column(column, justify="right")
    for rule in rules:
        shown = (rule["name"], "yes" if rule["enabled"] else "no")
        rows = [
            (mode, corpus, effect)
            for mode, effects in rule["effects"].items()
            for corpus, effect in effects.items()
            if effect["changed"]
        ]
        if not rows:
            table.add_row(*shown, "", "", "0", "", "", "")
        for mode, corpus, effect in rows:
            points = (f"{100 * effect[name]:+.2f}" for name in ("precision", "recall", "f1"))
            table.add_row(*shown, mode, corpus, str(effect["changed"]), *points)
            shown = ("", "")
        table.add_section()
    return table
