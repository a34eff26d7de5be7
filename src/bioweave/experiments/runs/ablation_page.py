"""An ablation as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bioweave.experiments.markdown import fold, item, percent, table


def ablation_page(summary: Mapping[str, Any]) -> str:
    """The table of an ablation and how to read it, from its summary alone."""
    return "\n\n".join(_parts(summary)) + "\n"


def _parts(summary: Mapping[str, Any]) -> Iterator[str]:
    seeds = ", ".join(map(str, summary["seeds"]))
    yield f"# What the parts of {summary['recipe']} are worth"
    yield fold(
        f"One switch at a time, on the {summary['documents']:,} dev documents of "
        f"{', '.join(summary['corpora'])}; seeds {seeds}. Strict F1 in percent, its mean and "
        "standard deviation over seeds; differences are from the recipe as it is, in points."
    )
    headings = ("", "part", "F1", "deviation", "difference", "95% interval", "p", "accuracy")
    whole = summary["whole"]
    rows = [("the recipe", "", *_scores(whole), "", "", "", percent(whole["accuracy"]))]
    for one in sorted(summary["variants"], key=lambda one: one["difference"]):
        low, high = one["interval"]
        rows.append(
            (
                one["meaning"],
                one["part"],
                *_scores(one),
                f"{100 * one['difference']:+.2f}",
                f"{100 * low:+.2f} to {100 * high:+.2f}",
                f"{one['p_value']:.3f}" if one["p_value"] >= 0.001 else "< 0.001",
                percent(one["accuracy"]),
            )
        )
    yield table(headings, rows, left=2)
    yield fold(
        "Intervals and p are of a paired bootstrap over documents "
        f"({summary['resamples']:,} resamples), each document's counts added up over the seeds: "
        "they tell how far a difference depends on the documents, and the deviation how far it "
        "depends on the seeds. p is for each row by itself: of twenty rows that are worth nothing "
        "one is expected below 0.05."
    )
    if summary["skipped"]:
        yield "Left out:"
        yield "\n".join(item(f"{one['switch']}: {one['reason']}") for one in summary["skipped"])


def _scores(one: Mapping[str, Any]) -> tuple[str, str]:
    return percent(one["mean"]), percent(one["deviation"])
