"""Cross-validations as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bioweave.experiments.markdown import fold, percent, table
from bioweave.experiments.runs.verdicts import count

_COLUMNS = ("precision", "recall", "f1", "accuracy")


def cross_validation_page(summaries: Sequence[Mapping[str, Any]]) -> str:
    """Folds, their mean and all documents in one pot, of each summary of `cross-validate`."""
    parts = [part for one in summaries for part in _parts(one)]
    return "\n\n".join(["# Cross-validation", *parts]) + "\n"


def _parts(summary: Mapping[str, Any]) -> Iterator[str]:
    pooled = summary["out_of_fold"]
    low, high = pooled["confidence_interval"]["strict_f1"]
    f1 = pooled["strict"]["f1"]
    yield f"## {summary['recipe']}, {summary['corpus']}"
    yield fold(
        f"{count(summary['folds'], 'fold')} of whole documents (seed {summary['seed']}), each "
        "found by the run that did not learn from it; strict scores in percent. Nothing is chosen "
        "on a fold that is held out."
    )
    rows = [
        (name.removeprefix("fold-"), f"{one['strict']['support']:,}", *_cells(_row(one)))
        for name, one in summary["trials"].items()
    ]
    rows.append(("mean", "", *_cells(summary["mean"])))
    rows.append(("deviation", "", *_cells(summary["deviation"])))
    rows.append(("all", f"{pooled['strict']['support']:,}", *_cells(_row(pooled))))
    yield table(("fold", "mentions", "precision", "recall", "F1", "token accuracy"), rows)
    yield fold(
        f"*Deviation* is that of a fold; *all* counts each of the {pooled['documents']:,} "
        f"documents once, and its F1 of {percent(f1)} lies with 95% between {percent(low)} and "
        f"{percent(high)} (bootstrap over documents, "
        f"{pooled['confidence_interval']['resamples']:,} resamples)."
    )


def _row(one: Mapping[str, Any]) -> dict[str, float]:
    tokens = one["tokens"]
    return {**one["strict"], "accuracy": tokens["accuracy"] if tokens is not None else None}


def _cells(row: Mapping[str, float]) -> list[str]:
    return [percent(row[name]) for name in _COLUMNS]
