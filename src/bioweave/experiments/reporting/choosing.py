"""Which model to deploy, by dev alone, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bioweave.scoring import bootstrap_difference, bootstrap_p_value

RESAMPLES = 10_000
_SURE = 0.05
_WHY_NOT = {
    "yes": "learned from {corpus} dev",
    "teacher": "was taught by a model that learned from {corpus} dev",
    "unknown": "does not say whether it, or a teacher, learned from {corpus} dev",
}

Scores = Mapping[str, Any]


def choose_best(scores: Sequence[Scores]) -> dict[str, Any]:
    """The model with the best strict F1 on dev, mean over the corpora; of equals the first.

    "model" and "path" are None where no model is a candidate. "excluded" says by model why it is
    none: it learned from a dev split, or was not measured on all corpora and labels. "next" is the
    second best, with the difference in F1, and the paired bootstrap over the documents of all
    corpora together. "why" says it all in words.
    """
    dev = [one for one in scores if one["split"] == "dev"]
    corpora = {one["corpus"]: None for one in dev}
    labels = {name: _union(one for one in dev if one["corpus"] == name) for name in corpora}
    by_model: dict[str, dict[str, Scores]] = {}
    for one in dev:
        by_model.setdefault(one["model"]["name"], {})[one["corpus"]] = one
    excluded = {
        name: reason
        for name, own in by_model.items()
        if (reason := _why_not(own, labels)) is not None
    }
    means = {
        name: float(np.mean([_f1(one) for one in own.values()]))
        for name, own in by_model.items()
        if name not in excluded
    }
    ranking = sorted(means, key=lambda name: -means[name])
    chosen: dict[str, Any] = {
        "model": ranking[0] if ranking else None,
        "path": None,
        "corpora": list(corpora),
        "strict_f1": {name: means[name] for name in ranking},
        "next": None,
        "excluded": excluded,
    }
    if ranking:
        own = by_model[ranking[0]]
        chosen["path"] = next(iter(own.values()))["model"]["path"]
    if len(ranking) > 1:
        second = by_model[ranking[1]]
        chosen["next"] = {
            "model": ranking[1],
            "difference": means[ranking[0]] - means[ranking[1]],
            **_compared(own, second),
        }
    return {**chosen, "why": _why(chosen)}


def _why_not(own: Mapping[str, Scores], labels: Mapping[str, Sequence[str]]) -> str | None:
    for corpus, wanted in labels.items():
        if corpus not in own:
            return f"was not measured on {corpus} dev"
        lacking = [label for label in wanted if label not in own[corpus]["labels"]]
        if lacking:
            return f"does not find {', '.join(lacking)} in {corpus}, which others do"
        learned = own[corpus]["learned_from"]
        if learned != "no":
            return _WHY_NOT[learned].format(corpus=corpus)
    return None


def _compared(first: Mapping[str, Scores], second: Mapping[str, Scores]) -> dict[str, Any]:
    """The paired bootstrap of two models; None where they have not the same documents."""
    pairs = [(first[corpus], second[corpus]) for corpus in first]
    if any(one["documents"] != other["documents"] for one, other in pairs):
        return {"interval": None, "p_value": None, "resamples": RESAMPLES}
    left, right = (
        np.concatenate([np.array(pair[place]["counts"], dtype=np.int64) for pair in pairs])
        for place in (0, 1)
    )
    interval = bootstrap_difference(left, right, resamples=RESAMPLES)
    return {
        "interval": [interval.low, interval.high],
        "p_value": bootstrap_p_value(left, right, resamples=RESAMPLES),
        "resamples": RESAMPLES,
    }


def _why(chosen: Mapping[str, Any]) -> str:
    name, following = chosen["model"], chosen["next"]
    if name is None:
        return "No model can be chosen by dev: each learned from it, does not say, or lacks scores."
    corpora = ", ".join(chosen["corpora"])
    mean = f", mean over {corpora}" if len(chosen["corpora"]) > 1 else f" of {corpora}"
    sentence = f"{name} has the best strict F1 on dev{mean}: {100 * chosen['strict_f1'][name]:.2f}"
    if following is None:
        return f"{sentence}; no other model could be compared with it."
    sentence += f", {100 * following['difference']:.2f} points above {following['model']}"
    p_value = following["p_value"]
    if p_value is None:
        return f"{sentence}; their dev documents differ, so nothing says how sure that is."
    sure = "" if p_value < _SURE else ", so another dev set might well turn the two round"
    return f"{sentence} (paired bootstrap over all documents: p = {p_value:.4f}{sure})."


def _f1(scores: Scores) -> float:
    return float(scores["evaluation"]["mentions"]["strict"]["f1"])


def _union(scores: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for one in scores for label in one["labels"]))
