"""Seeds of one recipe averaged, and two recipes compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bioweave.errors import ConfigurationError
from bioweave.experiments.runs.scores import DocumentKey, Strict, TrialScores
from bioweave.scoring import bootstrap_difference, bootstrap_p_value

RESAMPLES = 10_000


def compare(variant: Sequence[TrialScores], recipe: Sequence[TrialScores]) -> dict[str, Any]:
    """A variant against the recipe: the same seeds in the same order.

    "difference" is the variant's mean F1 over seeds less the recipe's. For the paired bootstrap
    each document's counts are added up over the seeds, on both sides; then documents are drawn. So
    "interval" (95%) and "p_value" tell how far the difference depends on the documents, for these
    seeds; how far it depends on the seeds, "deviation" tells.
    """
    ours, theirs = _pooled(variant), _pooled(recipe)
    if ours.keys() != theirs.keys():
        raise ConfigurationError("a variant was not measured on the recipe's documents")
    first = np.array([ours[key] for key in theirs])
    second = np.array(list(theirs.values()))
    interval = bootstrap_difference(first, second, resamples=RESAMPLES)
    f1 = [float(np.mean([one.strict.f1 for one in side])) for side in (variant, recipe)]
    return {
        "difference": f1[0] - f1[1],
        "interval": [interval.low, interval.high],
        "p_value": bootstrap_p_value(first, second, resamples=RESAMPLES),
    }


def summarise(seeds: Sequence[TrialScores]) -> dict[str, Any]:
    """Mean and standard deviation over seeds; the latter is None for a single one.

    "seconds" is what training took, mean over seeds.
    """
    f1 = [one.strict.f1 for one in seeds]
    words = [one.words for one in seeds]
    return {
        "f1": f1,
        "mean": float(np.mean(f1)),
        "deviation": float(np.std(f1, ddof=1)) if len(f1) > 1 else None,
        "precision": float(np.mean([one.strict.precision for one in seeds])),
        "recall": float(np.mean([one.strict.recall for one in seeds])),
        "accuracy": float(np.mean([one.accuracy for one in words if one is not None]))
        if None not in words
        else None,
        "seconds": float(np.mean([one.seconds.get("training", 0.0) for one in seeds])),
    }


def _pooled(seeds: Sequence[TrialScores]) -> dict[DocumentKey, Strict]:
    """Each document's counts, added up over seeds (which may carve different ones)."""
    pooled: dict[DocumentKey, Strict] = {}
    for one in seeds:
        for key, counts in one.by_document.items():
            pooled[key] = pooled[key] + counts if key in pooled else counts
    return pooled
