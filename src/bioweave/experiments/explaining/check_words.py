"""What a check comes to, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bioweave.experiments.runs.verdicts import count, listed
from bioweave.explanation.checking import MEASURES

# Resampling fewer of them says little of how documents differ.
_FEW_DOCUMENTS = 10


def sampled_from(summary: Mapping[str, Any]) -> str:
    """Which mentions were looked at, of what, and how sure the model was of them."""
    labels = listed(f"{n:,} {label}" for label, n in summary["labels"].items())
    told = (
        f"{count(summary['mentions'], 'mention')} ({labels}) of {summary['found']:,} that "
        f"{summary['model']} finds in {count(summary['documents'], 'document')} of "
        f"{summary['corpus']} {summary['split']}, drawn with seed {summary['seed']} so that "
        "documents and labels take turns. Found, not annotated: an explanation may be true of what "
        "is wrong. What is explained is the probability that the CRF gives to exactly this span "
        f"and label, {summary['probability']:.3f} in the mean, and {summary['base']:.4f} with all "
        f"words of the sentence hidden ({summary['words']:.0f} of them in the mean). "
    )
    if summary["improbable"]:
        told += (
            f"{count(summary['improbable'], 'mention')} of them had less than a half: a short form "
            "took over its long form's confidence, or a rule moved an edge. "
        )
    if summary["carved_with_seed"] is not None:
        told += (
            f"{summary['corpus']} publishes no dev split: these documents are parted from train. "
        )
    if summary["saw_split"]:
        told += (
            "The model learned from these documents and is surer of them than of others: how true "
            "explanations are of new texts is not measured here. "
        )
    return told.rstrip()


def plain_words(summary: Mapping[str, Any]) -> Iterator[str]:
    """For each baseline: which methods are surely better by which measure, and which not."""
    if summary["documents"] < _FEW_DOCUMENTS:
        yield (
            f"Of {count(summary['documents'], 'document')} intervals are too narrow to be sure of "
            "anything."
        )
        return
    for baseline in summary["baselines"]:
        better, others = [], []
        for name, one in summary["methods"].items():
            sure = [key for key in MEASURES if is_better(key, one["over"][baseline][key])]
            if len(sure) == len(MEASURES):
                better.append(name)
            elif sure:
                others.append(f"{name} in {listed(sure)} alone")
            else:
                others.append(f"{name} in nothing")
        parts = [f"{listed(better)} in every measure"] if better else []
        yield f"Surely better than {baseline}: {'; '.join([*parts, *others])}."


def is_better(key: str, told: Mapping[str, Any]) -> bool:
    """Whether the interval of a difference lies on the better side of zero."""
    low, high = told["interval"]
    return bool(low > 0 if MEASURES[key] else high < 0)


def with_interval(told: Mapping[str, Any]) -> str:
    """A difference and its interval."""
    low, high = told["interval"]
    return f"{told['difference']:+.3f} ({low:+.3f} to {high:+.3f})"
