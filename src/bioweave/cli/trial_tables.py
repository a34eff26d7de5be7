"""What many runs of a recipe came to, as tables for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table

_FOLD_COLUMNS = ("precision", "recall", "f1", "accuracy")


def folds_table(summary: Mapping[str, Any]) -> Table:
    """A line for each fold, their mean and deviation, and all documents in one pot; percent."""
    pooled = summary["out_of_fold"]
    low, high = pooled["confidence_interval"]["strict_f1"]
    table = Table(
        title=f"{summary['recipe']}, {summary['corpus']} in {summary['folds']} folds",
        caption=f"F1 of all {pooled['documents']:,} documents: {100 * pooled['strict']['f1']:.2f}, "
        f"95% from {100 * low:.2f} to {100 * high:.2f}",
    )
    table.add_column("fold")
    for column in ("mentions", "precision", "recall", "F1", "token accuracy"):
        table.add_column(column, justify="right")
    for name, one in summary["trials"].items():
        table.add_row(
            name.removeprefix("fold-"), str(one["strict"]["support"]), *_figures(_fold(one))
        )
    table.add_section()
    table.add_row("mean", "", *_figures(summary["mean"]))
    table.add_row("deviation", "", *_figures(summary["deviation"]))
    table.add_row("all", str(pooled["strict"]["support"]), *_figures(_fold(pooled)))
    return table


def ablation_table(summary: Mapping[str, Any]) -> Table:
    """The recipe, then each switch, the most harmful first; percent and points."""
    table = Table(
        "the recipe ...",
        title=f"{summary['recipe']}, {', '.join(summary['corpora'])} dev, seeds "
        f"{', '.join(map(str, summary['seeds']))}",
        caption="strict F1; intervals and p by a paired bootstrap over documents",
    )
    for column in ("F1", "deviation", "difference", "95% interval", "p"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_row("as it is", *_mean(summary["whole"]), "", "", "", end_section=True)
    for one in sorted(summary["variants"], key=lambda one: one["difference"]):
        low, high = one["interval"]
        table.add_row(
            one["meaning"],
            *_mean(one),
            f"{100 * one['difference']:+.2f}",
            f"{100 * low:+.2f} to {100 * high:+.2f}",
            f"{one['p_value']:.3f}" if one["p_value"] >= 0.001 else "< 0.001",
        )
    return table


def trials_table(summary: Mapping[str, Any]) -> Table:
    """The best trials of a search with what they tried, and how much each setting mattered."""
    keys = [parameter["key"] for parameter in summary["space"]]
    counts = {
        state: sum(one["state"] == state for one in summary["trials"])
        for state in ("complete", "pruned", "fail")
    }
    table = Table(
        title=f"{summary['recipe']}, {', '.join(summary['corpora'])} dev, the best of "
        f"{counts['complete']} trials ({counts['pruned']} given up early, {counts['fail']} "
        "impossible)",
    )
    table.add_column("setting")
    finished = [one for one in summary["trials"] if one["value"] is not None]
    best = sorted(finished, key=lambda one: (-one["value"], one["number"]))[:5]
    for one in best:
        table.add_column(f"trial {one['number']}", justify="right")
    table.add_column("importance", justify="right")
    scores = [f"{100 * one['value']:.2f}" for one in best]
    table.add_row("strict F1", *scores, "", end_section=True)
    for key in keys:
        share = summary["importance"].get(key)
        table.add_row(
            key,
            *(_value(one["parameters"].get(key)) for one in best),
            "" if share is None else f"{share:.2f}",
        )
    return table


def _fold(one: Mapping[str, Any]) -> dict[str, float]:
    return {**one["strict"], "accuracy": one["tokens"]["accuracy"]}


def _figures(one: Mapping[str, float]) -> list[str]:
    return [f"{100 * one[name]:.2f}" for name in _FOLD_COLUMNS]


def _mean(one: Mapping[str, Any]) -> tuple[str, str]:
    deviation = one["deviation"]
    return f"{100 * one['mean']:.2f}", "" if deviation is None else f"{100 * deviation:.2f}"


def _value(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
