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
    if "concepts" in result:
        yield _concept_table(result["concepts"])
    error = result["calibration"]["expected_error"]
    if error is not None:
        yield Text(f"Expected calibration error of the mentions' confidence: {error:.4f}")
    if result["not_scored"]:
        yield Text(f"Annotated, and unknown to the model: {', '.join(result['not_scored'])}")
    yield from _learning(result)
    yield from _warnings(result)


def _concept_table(concepts: Mapping[str, Any]) -> Table:
    gold, found = concepts["gold_mentions"], concepts["documents"]
    table = _table("Concepts", "label")
    headings = ("accuracy on gold mentions", "mentions", "document precision", "recall", "F1")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for label in [*gold["labels"], "all"]:
        mentions = gold if label == "all" else gold["labels"][label]
        documents = found if label == "all" else found["labels"][label]
        table.add_row(
            label,
            f"{mentions['accuracy']:.4f}",
            f"{mentions['support']:,}",
            *(f"{documents[name]:.4f}" for name in ("precision", "recall", "f1")),
        )
    return table


def _learning(result: Result) -> Iterator[Text]:
    labels = result["mentions"]["strict"]["labels"]
    if result.get("trained_on") is not None:
        told = (f"{label} {learned(result, label)}" for label in labels)
        yield Text(f"Learned from this corpus: {', '.join(told)}")


def overview(results: Result) -> Iterator[Table | Text]:
    """Every corpus's evaluation, a row for each label, and the corpora that were left out."""
    has_own_rule = any("alternatives" in one["mentions"] for one in results["results"])
    table = _table(
        f"{results['model']}, {results['split']}: strict mentions", "corpus", "label", "learned"
    )
    headings = ["precision", "recall", "F1", "95% interval", "support", "relaxed F1"]
    for heading in [*headings, *(["own rule F1"] if has_own_rule else [])]:
        table.add_column(heading, justify="right", no_wrap=True)
    for result in results["results"]:
        for cells in _corpus_rows(result, results["split"]):
            table.add_row(*cells[: len(table.columns)])
        table.add_section()
    table.caption = (
        "learned: the splits that the label learned from; unseen: it learned nothing from this "
        "corpus; taught: only a teacher did"
    )
    if has_own_rule:
        table.caption += "; own rule: the boundaries that the corpus's own scorer accepts"
    table.caption_justify = "left"
    yield table
    for result in results["results"]:
        yield from _warnings(result)
    for skipped in results["skipped"]:
        yield Text(f"skipped {skipped['corpus']}: {skipped['reason']}")


def _corpus_rows(result: Result, split: str) -> Iterator[list[str]]:
    """All labels together, where there are several, then each by itself."""
    mentions = result["mentions"]
    name = result["corpus"] + (f" {result['split']}" if result["split"] != split else "")
    labels = list(mentions["strict"]["labels"])
    for label in ["all", *labels] if len(labels) > 1 else labels:
        is_whole = label == "all" or len(labels) == 1
        by_rule = {
            rule: scores if is_whole else scores["labels"].get(label, {})
            for rule, scores in mentions.items()
        }
        yield [
            name,
            label,
            "" if label == "all" else learned(result, label),
            *_fractions(by_rule["strict"]),
            _interval(result) if is_whole else "",
            f"{by_rule['strict']['support']:,}",
            *(
                f"{by_rule[rule]['f1']:.4f}" if by_rule.get(rule) else ""
                for rule in ("relaxed", "alternatives")
            ),
        ]
        name = ""


def learned(result: Result, label: str) -> str:
    """What a label learned from the corpus of an evaluation, in a word or two."""
    if result.get("trained_on") is None:
        return "unknown"
    if label in result["trained_labels"]:
        return "+".join(result["trained_splits"])
    if result["taught_labels"] is None:
        return "unknown"
    return "taught" if label in result["taught_labels"] else "unseen"


def _warnings(result: Result) -> Iterator[Text]:
    if result.get("saw_split"):
        yield Text(
            f"{result['corpus']} {result['split']} was learned from: its figures say nothing of "
            "new texts",
            style="yellow",
        )


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
