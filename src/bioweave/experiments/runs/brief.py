"""Summaries small enough to be committed: all that pages are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Of a trial's scores: each document's counts, nine tenths of a summary.
_COUNTS = "corpora"


def brief(summary: Mapping[str, Any]) -> dict[str, Any]:
    """The summary of `ablate`, `cross-validate` or `tune` without each document's counts.

    What was made of them stands in the summary already: intervals, p.
    """
    shorter = dict(summary)
    if "trials" in shorter:
        shorter["trials"] = _without_counts(shorter["trials"])
    if shorter.get("confirmed") is not None:
        shorter["confirmed"] = brief(shorter["confirmed"])
    return shorter


def _without_counts(trials: Any) -> Any:
    if isinstance(trials, Mapping):  # scores by the trial's name
        return {name: _scores(one) for name, one in trials.items()}
    return [{**one, "scores": one["scores"] and _scores(one["scores"])} for one in trials]


def _scores(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name != _COUNTS}
