"""What a report says: headings, paragraphs, tables and pictures, before it is Markdown or HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bioweave.experiments.reporting.tables import (
    Scores,
    Table,
    calibration_table,
    confusion_table,
    mentions_table,
    words_table,
)

SPLITS = ("dev", "test")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; 1 is the page's own."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG beside the page, and what it shows."""

    file: str
    alt: str


# A plain string is a paragraph.
Part = Heading | Table | Picture | str


def report_parts(report: Mapping[str, Any]) -> Iterator[Part]:
    """The parts of a page, in order; `report` is what `make_report` gives."""
    yield Heading(1, "Report: " + ", ".join(report["models"]))
    if report["best"] is not None:
        yield from _best_parts(report["best"])
    for corpus in report["corpora"]:
        own = [one for one in report["scores"] if one["corpus"] == corpus]
        yield from _corpus_parts(corpus, own, report["pictures"])
    learning = report["pictures"].get("learning")
    if learning:
        yield Heading(2, "Learning")
        yield Picture(learning, "Training loss and strict F1 on dev over the epochs of each run")
    if report["skipped"]:
        yield Heading(2, "Not measured")
        rows = [
            (one["model"], f"{one['corpus']} {one['split']}", one["reason"])
            for one in report["skipped"]
        ]
        yield Table(("model", "on", "why"), tuple(rows), left=3)


def _best_parts(best: Mapping[str, Any]) -> Iterator[Part]:
    yield Heading(2, "Which one to deploy")
    yield best["why"]
    if best["excluded"]:
        yield "No candidates, since dev says nothing of how they compare:"
        yield Table(("model", "why"), tuple(best["excluded"].items()), left=2)


def _corpus_parts(
    corpus: str, scores: Sequence[Scores], pictures: Mapping[str, Any]
) -> Iterator[Part]:
    splits = [split for split in SPLITS if any(one["split"] == split for one in scores)]
    yield Heading(2, corpus)
    yield _what_was_measured(scores, splits)
    yield Heading(3, f"{corpus}: words")
    yield (
        "In percent. B, I and O are a mention's first word, its other words, and all words "
        "outside; dev is what papers also call validation."
    )
    yield words_table(scores, splits)
    yield from _picture(pictures, "words", corpus, splits, "Precision, recall and F1 of B, I and O")
    yield Heading(3, f"{corpus}: mentions")
    yield (
        "In percent, with 95% intervals of F1 from the bootstrap over documents. Strict: same "
        "start, end and label; relaxed: an overlap will do."
    )
    yield mentions_table(scores)
    if any(one["learned_from"] != "no" for one in scores):
        yield (
            "A model does better on documents that it learned from than on any other; the column "
            "“learned from” says where that is so."
        )
    yield from _picture(
        pictures, "precision-recall", corpus, splits, "Precision against recall by label"
    )
    yield Heading(3, f"{corpus}: confidence")
    yield (
        "A mention's confidence against the share of such mentions that are right; the expected "
        "calibration error is the mean gap, 0 is perfect. Drawn are bins of at least 5 mentions."
    )
    yield calibration_table(scores)
    yield from _picture(
        pictures, "reliability", corpus, splits, "Share of right mentions by confidence"
    )
    yield Heading(3, f"{corpus}: which words are taken for which")
    yield (
        "Words, gold down and found across. A word that several labels cover counts once for each."
    )
    yield from _picture(pictures, "confusion", corpus, splits, "Words by gold and found tag")
    for one in scores:
        yield Heading(4, f"{one['model']['name']}, {one['split']}")
        yield confusion_table(one)


def _what_was_measured(scores: Sequence[Scores], splits: Sequence[str]) -> str:
    sizes = []
    for split in splits:
        own = next(one["evaluation"] for one in scores if one["split"] == split)
        sizes.append(f"{split} has {own['documents']:,} documents of {own['words']:,} words")
    labels = dict.fromkeys(label for one in scores for label in one["labels"])
    return f"{' and '.join(sizes)}; scored are {', '.join(labels)}."


def _picture(
    pictures: Mapping[str, Any], kind: str, corpus: str, splits: Sequence[str], alt: str
) -> Iterator[Picture]:
    for split in splits:
        file = pictures.get(f"{kind}.{corpus}.{split}")
        if file:
            yield Picture(file, f"{alt}: {corpus} {split}")
