"""Members and ways of pooling them side by side, on documents that none has seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from bioweave.annotator.inference import Annotation
from bioweave.bundle import Bundle, FusedBundle, FusionMethod
from bioweave.experiments.evaluation import report
from bioweave.experiments.fusing.fitting import Fitting
from bioweave.experiments.fusing.members import Member
from bioweave.experiments.fusing.opinions import HeardModel, Opinions, pooled
from bioweave.experiments.measurement import Measurement, measure
from bioweave.scoring import bootstrap_difference, bootstrap_p_value, score_mentions

METHODS: tuple[FusionMethod, ...] = get_args(FusionMethod)

# How many parts dev is cut into, each measured by pools that were fitted to the others.
FOLDS = 5
RESAMPLES = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A tagger, and what it says of the documents of each corpus."""

    bundle: Bundle | FusedBundle
    annotations: Mapping[str, Sequence[Annotation]]


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What members say of a split of each corpus, and what taggers say that are no members.

    `beside` are compared as methods are, by the names of their rows.
    """

    split: str
    opinions: Mapping[str, Opinions]
    beside: Mapping[str, Row]


def compare(fitting: Fitting, members: Sequence[Member], dev: Heard) -> dict[str, Any]:
    """Every member and method on dev; pools are fitted to four fifths and measured on the fifth.

    Those that do not learn from dev are fitted once. Under "corpora", by corpus: "members" and
    "methods", each with its scores as `evaluate --json` has them and "by_document" (strict true
    positives, false positives and false negatives), and "difference" for what the best method has
    over the best member. "method" and "member" are the best of their kind, by strict F1, mean
    over the corpora.
    """
    rows: dict[str, Row] = {
        method: Row(fitting.draft, _crossed(fitting, method, dev)) for method in METHODS
    }
    return _report(members, dev, rows)


def measure_fitted(
    fitted: Mapping[str, FusedBundle],
    members: Sequence[Member],
    heard: Heard,
    best: tuple[str, str],
) -> dict[str, Any]:
    """As `compare`, by pools that were fitted elsewhere; `best` were chosen there as well."""
    rows = {
        method: Row(bundle, {corpus: pooled(bundle, one) for corpus, one in heard.opinions.items()})
        for method, bundle in fitted.items()
    }
    return _report(members, heard, rows, best)


def _crossed(fitting: Fitting, method: FusionMethod, dev: Heard) -> dict[str, list[Annotation]]:
    """Each corpus's annotations by pools that were not fitted to the document."""
    if not fitting.learns_from_dev(method):
        fitted = fitting.fit(method, ())
        return {corpus: pooled(fitted, one) for corpus, one in dev.opinions.items()}
    found: dict[str, list[Annotation | None]] = {
        corpus: [None] * len(one.gold) for corpus, one in dev.opinions.items()
    }
    for fold in range(FOLDS):
        outside = [
            one.of(place for place in range(len(one.gold)) if place % FOLDS != fold)
            for one in dev.opinions.values()
        ]
        fitted = fitting.fit(method, outside)
        for corpus, one in dev.opinions.items():
            inside = range(fold, len(one.gold), FOLDS)
            own = pooled(fitted, one.of(inside))
            for place, annotation in zip(inside, own, strict=True):
                found[corpus][place] = annotation
    return {corpus: [one for one in row if one is not None] for corpus, row in found.items()}


def _report(
    members: Sequence[Member],
    heard: Heard,
    of_methods: Mapping[str, Row],
    best: tuple[str, str] | None = None,
) -> dict[str, Any]:
    of_members = {
        member.name: Row(
            member.bundle,
            {corpus: one.annotations[place] for corpus, one in heard.opinions.items()},
        )
        for place, member in enumerate(members)
    }
    kinds: dict[str, Mapping[str, Row]] = {
        "members": of_members,
        "methods": {**of_methods, **heard.beside},
    }
    measured: dict[str, dict[str, dict[str, Measurement]]] = {
        corpus: {
            kind: {
                name: measure(
                    HeardModel(row.bundle, row.annotations[corpus]),
                    corpus,
                    heard.split,
                    documents=one.gold,
                )
                for name, row in rows.items()
            }
            for kind, rows in kinds.items()
        }
        for corpus, one in heard.opinions.items()
    }
    member, method = best or (_best(measured, "members"), _best(measured, "methods"))
    return {
        "split": heard.split,
        "member": member,
        "method": method,
        "corpora": {
            corpus: {
                **{
                    kind: {name: _scores(one) for name, one in by_name.items()}
                    for kind, by_name in own.items()
                },
                "difference": _difference(own["methods"][method], own["members"][member]),
            }
            for corpus, own in measured.items()
        },
    }


def _scores(measured: Measurement) -> dict[str, Any]:
    """As `evaluate --json`, with each document's counts, so that seeds can be added up later."""
    counts = score_mentions(measured.gold, measured.predicted, measured.labels).strict.by_document
    return {**report(measured), "by_document": counts.tolist()}


def _best(measured: Mapping[str, Mapping[str, Mapping[str, Measurement]]], kind: str) -> Any:
    """The name with the best mean over corpora; of equals the first."""
    names = list(next(iter(measured.values()))[kind])
    means = [
        float(np.mean([_f1(kinds[kind][name]) for kinds in measured.values()])) for name in names
    ]
    return names[int(np.argmax(means))]


def _f1(measured: Measurement) -> float:
    scores = score_mentions(measured.gold, measured.predicted, measured.labels)
    return scores.strict.overall.f1


def _difference(first: Measurement, second: Measurement) -> dict[str, Any]:
    """Strict F1 of the first less that of the second, over the same documents."""
    counts = [
        score_mentions(one.gold, one.predicted, one.labels).strict.by_document
        for one in (first, second)
    ]
    interval = bootstrap_difference(counts[0], counts[1], resamples=RESAMPLES)
    return {
        "strict_f1": _f1(first) - _f1(second),
        "interval": [interval.low, interval.high],
        "p_value": bootstrap_p_value(counts[0], counts[1], resamples=RESAMPLES),
        "resamples": RESAMPLES,
    }
