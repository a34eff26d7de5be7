"""Members and ways of pooling them side by side, on documents that none has seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import numpy as np

from bioweave.annotator.inference import Annotation
from bioweave.bundle import Bundle, FusedBundle, FusionMethod
from bioweave.experiments.evaluation import report
from bioweave.experiments.fusing.fitting import fit_fusion
from bioweave.experiments.fusing.members import Member
from bioweave.experiments.fusing.opinions import HeardModel, Opinions, pooled
from bioweave.experiments.measurement import Measurement, measure
from bioweave.scoring import bootstrap_difference, bootstrap_p_value, score_mentions

METHODS: tuple[FusionMethod, ...] = get_args(FusionMethod)

# How many parts dev is cut into, each measured by pools that were fitted to the others.
FOLDS = 5
RESAMPLES = 10_000

# By corpus.
Heard = Mapping[str, Opinions]


def compare(
    draft: FusedBundle, members: Sequence[Member], dev: Heard, methods: Sequence[FusionMethod]
) -> dict[str, Any]:
    """Every member and method on dev; pools are fitted to four fifths and measured on the fifth.

    Under "corpora", by corpus: "members" and "methods", each with its scores as
    `evaluate --json` has them and "by_document" (strict true positives, false positives and false
    negatives), and "difference" for what the best method has over the best member.
    "method" and "member" are the best of their kind, by strict F1, mean over the corpora.
    """
    of_methods = {method: _crossed(draft, method, dev) for method in methods}
    return _report(draft, members, dev, "dev", of_methods)


def measure_fitted(
    fitted: Mapping[FusionMethod, FusedBundle],
    members: Sequence[Member],
    heard: Heard,
    split: str,
    best: tuple[str, FusionMethod],
) -> dict[str, Any]:
    """As `compare`, by pools that were fitted elsewhere; `best` were chosen there as well."""
    of_methods = {
        method: {corpus: pooled(bundle, one) for corpus, one in heard.items()}
        for method, bundle in fitted.items()
    }
    draft = next(iter(fitted.values()))
    return _report(draft, members, heard, split, of_methods, best)


def _crossed(draft: FusedBundle, method: FusionMethod, dev: Heard) -> dict[str, list[Annotation]]:
    """Each corpus's annotations by pools that were not fitted to the document."""
    found: dict[str, list[Annotation | None]] = {
        corpus: [None] * len(one.gold) for corpus, one in dev.items()
    }
    for fold in range(FOLDS):
        inside = {corpus: range(fold, len(one.gold), FOLDS) for corpus, one in dev.items()}
        outside = [
            one.of(place for place in range(len(one.gold)) if place % FOLDS != fold)
            for one in dev.values()
        ]
        fitted = fit_fusion(draft, method, outside)
        for corpus, one in dev.items():
            own = pooled(fitted, one.of(inside[corpus]))
            for place, annotation in zip(inside[corpus], own, strict=True):
                found[corpus][place] = annotation
    return {corpus: [one for one in row if one is not None] for corpus, row in found.items()}


def _report(
    draft: FusedBundle,
    members: Sequence[Member],
    heard: Heard,
    split: str,
    of_methods: Mapping[FusionMethod, Mapping[str, Sequence[Annotation]]],
    best: tuple[str, FusionMethod] | None = None,
) -> dict[str, Any]:
    measured: dict[str, dict[str, dict[str, Measurement]]] = {
        corpus: {
            "members": {
                member.name: _measured(member.bundle, own, corpus, split, one)
                for member, own in zip(members, one.annotations, strict=True)
            },
            "methods": {
                method: _measured(draft, by_corpus[corpus], corpus, split, one)
                for method, by_corpus in of_methods.items()
            },
        }
        for corpus, one in heard.items()
    }
    member, method = best or (_best(measured, "members"), _best(measured, "methods"))
    return {
        "split": split,
        "member": member,
        "method": method,
        "corpora": {
            corpus: {
                **{
                    kind: {name: _scores(one) for name, one in by_name.items()}
                    for kind, by_name in kinds.items()
                },
                "difference": _difference(kinds["methods"][method], kinds["members"][member]),
            }
            for corpus, kinds in measured.items()
        },
    }


def _scores(measured: Measurement) -> dict[str, Any]:
    """As `evaluate --json`, with each document's counts, so that seeds can be added up later."""
    counts = score_mentions(measured.gold, measured.predicted, measured.labels).strict.by_document
    return {**report(measured), "by_document": counts.tolist()}


def _measured(
    bundle: Bundle | FusedBundle,
    annotations: Sequence[Annotation],
    corpus: str,
    split: str,
    opinions: Opinions,
) -> Measurement:
    model = HeardModel(bundle, annotations)
    return measure(model, corpus, split, documents=opinions.gold)


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
