"""Measured figures, as a bundle's manifest keeps them under `scores` for its card.

evaluations       what `evaluate --json` printed, one for each corpus and split
linking           the concepts' part of `evaluate --link --json`, with the lexicon's sources
fp32_evaluations  the same of the bundle before its weights became 8-bit integers
seeds             strict F1 over runs that differ in their seed alone
speed             what `benchmark --json` printed
errors            the counts of `errors --json`, without its examples: they are corpus text
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bioweave.errors import ConfigurationError

Figures = dict[str, Any]

_KINDS = ("mistakes", "misses", "false_alarms", "share", "f1_gain", "bearing")


def with_figures(
    scores: Mapping[str, Any],
    measured: Iterable[Mapping[str, Any]] = (),
    *,
    fp32: Iterable[Mapping[str, Any]] = (),
    seeds: Sequence[Mapping[str, Any]] = (),
) -> Figures:
    """The scores with these figures added; newer ones of the same corpus and split replace older.

    `measured` are JSON objects that `evaluate`, `benchmark` or `errors` printed; `fp32` and
    `seeds` are evaluations, those of `seeds` one of each run. Raises ConfigurationError for any
    other object.
    """
    kept = dict(scores)
    for figures in measured:
        if "words_per_second" in figures:
            kept["speed"] = {name: value for name, value in figures.items() if name != "model"}
        elif "kinds" in figures:
            kept["errors"] = _replaced(kept.get("errors", ()), [_error_counts(figures)])
        elif any("concepts" in one for one in figures.get("results", [figures])):
            # Their mentions may have been found with a lexicon, and are not shown.
            own = [_concept_figures(one) for one in _evaluations(figures)]
            kept["linking"] = _replaced(
                kept.get("linking", ()), own, ("corpus", "split", "lexicon")
            )
        else:
            own = _evaluations(figures)
            kept["evaluations"] = _replaced(kept.get("evaluations", ()), own)
    for figures in fp32:
        own = _evaluations(figures)
        kept["fp32_evaluations"] = _replaced(kept.get("fp32_evaluations", ()), own)
    if seeds:
        kept["seeds"] = over_seeds([_evaluations(figures) for figures in seeds])
    return kept


def over_seeds(runs: Sequence[Sequence[Mapping[str, Any]]]) -> list[Figures]:
    """Strict F1 of each corpus, and of each of its labels, over runs: mean and deviation.

    The deviation is that of a sample (n - 1 below the line), None for one run. Only what every
    run has is compared.
    """
    tables = [dict(_strict_f1(run)) for run in runs]
    return [
        {
            "corpus": corpus,
            "split": split,
            "label": label,
            "values": (values := [table[corpus, split, label] for table in tables]),
            "mean": statistics.fmean(values),
            "deviation": statistics.stdev(values) if len(values) > 1 else None,
        }
        for corpus, split, label in tables[0]
        if all((corpus, split, label) in table for table in tables)
    ]


def _strict_f1(
    run: Sequence[Mapping[str, Any]],
) -> Iterable[tuple[tuple[str, str, str | None], float]]:
    for evaluation in run:
        strict = evaluation["mentions"]["strict"]
        place = evaluation["corpus"], evaluation["split"]
        yield (*place, None), strict["f1"]
        if len(strict["labels"]) > 1:
            for label, scores in strict["labels"].items():
                yield (*place, label), scores["f1"]


def _evaluations(figures: Mapping[str, Any]) -> list[Figures]:
    found = figures.get("results", [figures])
    if not all(isinstance(one, Mapping) and "mentions" in one for one in found):
        raise ConfigurationError(
            f"no figures that a card shows: keys {', '.join(sorted(figures)) or 'none'}; expected "
            "what `evaluate`, `benchmark` or `errors` prints with --json"
        )
    # The path of a model is one machine's own.
    return [{name: value for name, value in one.items() if name != "model"} for one in found]


def _error_counts(report: Mapping[str, Any]) -> Figures:
    kept = ("corpus", "split", "long_words", "mistakes", "misses", "false_alarms", "right")
    return {
        **{name: report[name] for name in kept},
        "kinds": [
            {"kind": kind["kind"], **{name: kind[name] for name in _KINDS}}
            for kind in report["kinds"]
        ],
    }


def _concept_figures(evaluation: Mapping[str, Any]) -> Figures:
    place = {name: evaluation[name] for name in ("corpus", "split")}
    return {**place, "lexicon": [], **evaluation.get("concepts", {})}


def _replaced(
    older: Iterable[Figures], newer: Iterable[Figures], by: Sequence[str] = ("corpus", "split")
) -> list[Figures]:
    """Both, but of those that are alike in what `by` names the last one only."""
    return list({repr([one[name] for name in by]): one for one in (*older, *newer)}.values())
