"""What a summary of a corpus's words says, for a page and for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bioweave.experiments.runs.verdicts import count
from bioweave.explanation.corpus_wide.contexts import NEAR

HEADINGS = ("word", "where", "weight", "mean", "95% interval", "spans", "near misses", "documents")
CAVEATS = (
    "What this does not tell. A mean over sentences hides what a word does beside another one, and "
    "a word may speak for a label in one sentence and against it in the next. Words that the model "
    "relies on and that this corpus lacks are not here. A word's weight is about exactly its span: "
    "inside a mention it also says where the mention begins and ends. What was learned and what is "
    "true are two things: a word here is a habit of the model, not a cause of anything."
)


def cells(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """A row under `HEADINGS`."""
    low, high = entry["interval"]
    return (
        entry["word"],
        entry["where"],
        f"{entry['weight']:+.3f}",
        f"{entry['mean']:+.3f}",
        f"{low:+.3f} to {high:+.3f}",
        f"{entry['mentions']:,}",
        f"{entry['near_misses']:,}",
        f"{entry['documents']:,}",
    )


def leading(
    entries: Sequence[Mapping[str, Any]], n: int
) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """The `n` that speak most for the label, and the `n` that speak most against it."""
    speak_for = [one for one in entries if one["weight"] > 0][:n]
    against = [one for one in reversed(entries) if one["weight"] < 0][:n]
    return speak_for, against


def told_of(summary: Mapping[str, Any]) -> str:
    """What was asked about, and how weights are to be read."""
    learned = " The model learned from these documents." if summary["saw_split"] else ""
    return (
        f"{summary['model']} on {count(summary['documents'], 'document')} of {summary['corpus']} "
        f"{summary['split']}, by {summary['method']}.{learned} Asked about are the mentions found "
        f"and the near misses: spans of a probability of {summary['floor']:g} at least that touch "
        "no mention of the label. A word's mean is what seeing it does to that probability, over "
        f"documents; its weight is drawn towards zero by {summary['prior_documents']} documents "
        f"that say nothing, and words of fewer than {summary['least_documents']} are left out. "
        f"Near is within {NEAR} words of the span, in its sentence; the words just before and just "
        "after it stand by themselves. Case and plural make no difference, and all numbers are one "
        "word."
    )
