"""An ablation as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bioweave.experiments.markdown import fold, item, percent, table
from bioweave.experiments.runs.verdicts import RULE, count, listed, p_shown, points, verdict

PICTURE = "ablation.png"
BOOTSTRAP = (
    "Intervals and p are of a paired bootstrap over documents ({resamples:,} resamples), each "
    "document's counts added up over the seeds: they tell how far a difference depends on the "
    "documents, and the deviation how far it depends on the seeds. p is for each row by itself: of "
    "twenty rows that are worth nothing one is expected below 0.05."
)


def ablation_page(summary: Mapping[str, Any]) -> str:
    """The table of an ablation and how to read it, from its summary alone."""
    return "\n\n".join(_parts(summary)) + "\n"


def _parts(summary: Mapping[str, Any]) -> Iterator[str]:
    seeds = ", ".join(map(str, summary["seeds"]))
    yield f"# What the parts of {summary['recipe']} are worth"
    yield fold(
        f"One switch at a time, on {count(summary['documents'], 'dev document')} of "
        f"{listed(summary['corpora'])}; learned from {learned_from(summary)}; seeds {seeds}. "
        "Strict F1 in percent, its mean and standard deviation over seeds; differences are from "
        "the recipe as it is, in points."
    )
    headings = ("", "part", "F1", "deviation", "difference", "95% interval", "p", "accuracy")
    whole = summary["whole"]
    rows = [(summary["called"], "", *_scores(whole), "", "", "", percent(whole["accuracy"]))]
    for one in sorted(summary["variants"], key=lambda one: one["difference"]):
        low, high = one["interval"]
        rows.append(
            (
                one["meaning"],
                one["part"],
                *_scores(one),
                points(one["difference"]),
                f"{points(low)} to {points(high)}",
                p_shown(one["p_value"]),
                percent(one["accuracy"]),
            )
        )
    yield table(headings, rows, left=2)
    yield fold(BOOTSTRAP.format(resamples=summary["resamples"]))
    if summary["variants"]:
        yield f"![Difference of each switch, with its interval]({PICTURE})"
    if summary["skipped"]:
        yield "Left out:"
        yield "\n".join(item(f"{one['switch']}: {one['reason']}") for one in summary["skipped"])
    yield "## In plain words"
    yield from _plain_words(summary)


def learned_from(summary: Mapping[str, Any]) -> str:
    """The corpora of a summary, and how much of each."""
    return listed(
        f"{one['corpus']}{f' ({size})' if (size := size_of(one)) != '100%' else ''}"
        for one in summary["learned_from"]
    )


def size_of(choice: Mapping[str, Any]) -> str:
    """How much of a corpus is learned from: a share in percent, or so many documents."""
    if choice["documents"] is not None:
        return count(choice["documents"], "document")
    return f"{100 * choice['share']:g}%"


def _plain_words(summary: Mapping[str, Any]) -> Iterator[str]:
    by_verdict: dict[str, list[str]] = {"worse": [], "better": [], "open": []}
    for one in sorted(summary["variants"], key=lambda one: -abs(one["difference"])):
        said = f"{one['meaning']} ({points(one['difference'])})"
        by_verdict[verdict(one, summary["whole"])].append(said)
    worse, better, is_open = by_verdict.values()
    lines = [
        f"Surely worse: {listed(worse) if worse else 'nothing'}.",
        f"Surely better: {listed(better) if better else 'nothing'}.",
    ]
    if is_open:
        lines.append(f"Open: {listed(is_open)}.")
    yield "\n".join(map(item, lines))
    yield fold(RULE)


def _scores(one: Mapping[str, Any]) -> tuple[str, str]:
    return percent(one["mean"]), percent(one["deviation"])
