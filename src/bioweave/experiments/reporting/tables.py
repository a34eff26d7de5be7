"""The tables of a report, from the scores of models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bioweave.experiments.markdown import percent

Scores = Mapping[str, Any]

_WORD_ROWS = ("B", "I", "O", "accuracy", "macro", "weighted")
_LEARNED = {"no": "", "yes": "yes", "teacher": "its teacher did", "unknown": "not told"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table; all but the first `left` columns hold numbers. Columns without any are left out."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1


def words_table(scores: Sequence[Scores], splits: Sequence[str]) -> Table:
    """The paper's table: B, I, O, accuracy and averages of every model, the splits side by side."""
    parts = ("precision", "recall", "f1", "support")
    headings = [f"{split} {part.replace('f1', 'F1')}" for split in splits for part in parts]
    rows: list[tuple[str, ...]] = []
    for model in dict.fromkeys(one["model"]["name"] for one in scores):
        tokens = {
            one["split"]: one["evaluation"]["tokens"]
            for one in scores
            if one["model"]["name"] == model
        }
        for name in _WORD_ROWS:
            cells = [
                _word_cell(tokens.get(split), name, part) for split in splits for part in parts
            ]
            rows.append((model, name, *cells))
    return Table(("model", "class", *headings), tuple(rows), left=2)


def mentions_table(scores: Sequence[Scores]) -> Table:
    """Strict and relaxed scores of every model and split, all labels together and each alone."""
    rows = []
    for one in scores:
        strict, relaxed = (one["evaluation"]["mentions"][rule] for rule in ("strict", "relaxed"))
        labels = list(strict["labels"])
        for label in ["all", *labels] if len(labels) > 1 else labels:
            own, loose = (
                rule if label == "all" else rule["labels"][label] for rule in (strict, relaxed)
            )
            rows.append(
                (
                    one["model"]["name"],
                    one["split"],
                    label,
                    _LEARNED[one["learned_from"]],
                    percent(own["precision"]),
                    percent(own["recall"]),
                    percent(own["f1"]),
                    _interval(one["intervals"]["strict"][label]),
                    percent(loose["precision"]),
                    percent(loose["recall"]),
                    percent(loose["f1"]),
                    _interval(one["intervals"]["relaxed"][label]),
                    f"{own['support']:,}",
                )
            )
    names = ("precision", "recall", "F1", "95% interval")
    headings = [f"{rule} {name}" for rule in ("strict", "relaxed") for name in names]
    return Table(
        ("model", "split", "label", "learned from", *headings, "support"), tuple(rows), left=4
    )


def calibration_table(scores: Sequence[Scores]) -> Table:
    """The expected calibration error of every model and split."""
    rows = []
    for one in scores:
        error = one["evaluation"]["calibration"]["expected_error"]
        shown = "" if error is None else f"{error:.4f}"
        rows.append((one["model"]["name"], one["split"], shown))
    return Table(("model", "split", "expected error"), tuple(rows), left=2)


def confusion_table(one: Scores) -> Table:
    """Words by gold and found tag."""
    tags, words = one["confusion"]["tags"], one["confusion"]["words"]
    rows = [
        (f"gold {tag}", *(f"{count:,}" for count in row))
        for tag, row in zip(tags, words, strict=True)
    ]
    return Table(("words", *(f"found {tag}" for tag in tags)), tuple(rows))


def _word_cell(tokens: Scores | None, name: str, part: str) -> str:
    if tokens is None:
        return ""
    if name == "accuracy":  # as scikit-learn's report has it: in the column of F1
        return {"f1": percent(tokens["accuracy"]), "support": ""}.get(part, "")
    own = tokens[name]
    return f"{own['support']:,}" if part == "support" else percent(own[part])


def _interval(ends: Sequence[float]) -> str:
    return f"{percent(ends[0])} to {percent(ends[1])}"
