"""Invented scores of trials, for tests of what is made of them."""

from __future__ import annotations

import numpy as np

from bioweave.experiments.runs.scores import CorpusScores, TrialScores, WordCounts
from bioweave.scoring import Counts


def invented_scores(
    counts: list[list[int]], *, corpus: str = "sample", labels: tuple[str, ...] = ("Disease",)
) -> TrialScores:
    """Scores of documents d0, d1 ... with these [true, false, missed] for the first label."""
    strict = np.zeros((len(counts), len(labels), 3), dtype=np.int64)
    strict[:, 0] = counts
    documents = tuple(f"d{number}" for number in range(len(counts)))
    words = WordCounts({name: Counts(4, 1, 1) for name in "BIO"}, 8, 10)
    one = CorpusScores(labels, documents, strict, words)
    return TrialScores({corpus: one}, {"strict_f1": 0.5}, {"training": 1.5})
