"""What `evaluate --json` says, as tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

Result = Mapping[str, Any]


def tables_of(result: Result) -> Iterator[Table | Text]:
    """One corpus's evaluation: its mentions, its words, and what remains to be said."""
    speed = result["words"] / result["seconds"] if result["seconds"] else 0.0
    yield Text(
        f"{result['model']} on {result['corpus']} {result['split']}: "
        f"{result['documents']:,} documents, {result['words']:,} words "
        f"in {result['seconds']:.1f} s ({speed:,.0f} words/s)"
    )
    yield _mention_table(result)
    yield _word_table(result["tokens"])
    error = result["calibration"]["expected_error"]
    if error is not None:
        yield Text(f"Expected calibration error of the mentions' confidence: {error:.4f}")
    if result["not_scored"]:
        yield Text(f"Annotated, and unknown to the model: {', '.join(result['not_scored'])}")


def overview(results: Result) -> Iterator[Table | Text]:
    """Every corpus's evaluation, one a row, and the corpora that were left out."""
    table = _table(f"{results['model']}, {results['split']}: strict mentions", "corpus", "labels")
    for heading in ("precision", "recall", "F1", "95% interval", "support", "relaxed F1"):
        table.add_column(heading, justify="right", no_wrap=True)
    for result in results["results"]:
        strict = result["mentions"]["strict"]
        table.add_row(
            result["corpus"],
            ", ".join(strict["labels"]),
            *_fractions(strict),
            _interval(result),
            f"{strict['support']:,}",
            f"{result['mentions']['relaxed']['f1']:.4f}",
        )
        if "alternatives" in result["mentions"]:
            own_rule = result["mentions"]["alternatives"]
            table.add_row("", "  by its own alternatives", *_fractions(own_rule))
    yield table
    for skipped in results["skipped"]:
        yield Text(f"skipped {skipped['corpus']}: {skipped['reason']}")


def _mention_table(result: Result) -> Table:
    table = _table("Mentions", "rule", "label")
    for heading in ("precision", "recall", "F1", "95% interval", "support"):
        table.add_column(heading, justify="right", no_wrap=True)
    for rule, scores in result["mentions"].items():
        interval = _interval(result) if rule == "strict" else ""
        table.add_row(rule, "all", *_fractions(scores), interval, f"{scores['support']:,}")
        for label, own in scores["labels"].items():
            if len(scores["labels"]) > 1:
                table.add_row("", label, *_fractions(own), "", f"{own['support']:,}")
        table.add_section()
    return table


def _word_table(tokens: Result) -> Table:
    table = _table(f"Words, {tokens['scheme']} (accuracy {tokens['accuracy']:.4f})", "class")
    for heading in ("precision", "recall", "F1", "ROC AUC", "support"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name in ("B", "I", "O", "macro", "weighted"):
        area = tokens["roc_auc"].get(name)
        shown = "" if area is None else f"{area:.4f}"
        scores = tokens[name]
        table.add_row(
            name, *_fractions(scores), shown, f"{scores['support']:,}", end_section=name == "O"
        )
    return table


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading)
    return table


def _fractions(scores: Result) -> list[str]:
    return [f"{scores[part]:.4f}" for part in ("precision", "recall", "f1")]


def _interval(result: Result) -> str:
    low, high = result["confidence_interval"]["strict_f1"]
    return f"{low:.4f} to {high:.4f}"
