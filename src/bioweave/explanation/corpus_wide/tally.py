"""Words by what they do in the mean, with how far that can be relied on.

A document counts once for a word, however often it repeats it: the mean is over documents, of the
mean in each. It is drawn towards zero as if `PRIOR` more documents had said nothing, so that a word
of three documents has to be more than twice as heavy as one of thirty. The interval is of the mean
as it is, over resampled documents; of few documents it is too narrow.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bioweave.scoring import bootstrap_means

LEAST_DOCUMENTS = 3
PRIOR = 5
RESAMPLES = 1000


@dataclass(slots=True)
class _Told:
    """What was said of a word at a place: weights by document, spans, spellings."""

    by_document: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    spans: set[int] = field(default_factory=set)
    near_misses: set[int] = field(default_factory=set)
    spelled: Counter[str] = field(default_factory=Counter)


def tally_words(
    rows: Sequence[Mapping[str, Any]], *, least: int = LEAST_DOCUMENTS, resamples: int = RESAMPLES
) -> dict[str, list[dict[str, Any]]]:
    """By label: the words of at least `least` documents, what speaks most for it first.

    `rows` are those of `WeightGatherer.rows`, in any order. An entry's "weight" is what it is
    ranked by, the mean drawn towards zero.
    """
    told: dict[tuple[str, str, str], _Told] = defaultdict(_Told)
    ordered = sorted(rows, key=lambda row: (row["place"], row["label"], row["probability"]))
    for number, row in enumerate(ordered):
        for where, term, spelled, weight in row["words"]:
            one = told[row["label"], where, term]
            one.by_document[row["place"]].append(weight)
            one.spans.add(number)
            one.spelled[spelled] += 1
            if not row["found"]:
                one.near_misses.add(number)
    entries: dict[str, list[dict[str, Any]]] = {row["label"]: [] for row in ordered}
    for (label, where, _), one in told.items():
        if len(one.by_document) >= least:
            entries[label].append(_entry(where, one, resamples))
    for own in entries.values():
        own.sort(key=lambda entry: (-entry["weight"], entry["word"], entry["where"]))
    return entries


def _entry(where: str, told: _Told, resamples: int) -> dict[str, Any]:
    means = np.array([np.mean(weights) for weights in told.by_document.values()])
    n = len(means)
    [interval] = bootstrap_means(means[:, None], np.ones(n, dtype=np.int64), resamples=resamples)
    [(spelled, _)] = told.spelled.most_common(1)
    return {
        "word": spelled,
        "where": where,
        "weight": float(means.sum() / (n + PRIOR)),
        "mean": float(means.mean()),
        "interval": interval.tolist(),
        "mentions": len(told.spans),
        "near_misses": len(told.near_misses),
        "documents": n,
    }
