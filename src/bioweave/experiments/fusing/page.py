"""Fusions of several seeds as a page of Markdown, from what `fuse --json` printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from statistics import mean, stdev
from typing import Any

import numpy as np
import numpy.typing as npt

from bioweave.errors import ConfigurationError
from bioweave.experiments.markdown import fold, percent, table
from bioweave.scoring import bootstrap_difference, bootstrap_p_value

RESAMPLES = 10_000
_KINDS = ("members", "methods")
_SEED = re.compile(r"[-_.]?\d+$")

Report = Mapping[str, Any]


def fusion_page(reports: Sequence[Report]) -> str:
    """Every member and method on dev and, where it was measured, on test; one report a seed.

    Members stand for each other by their place. The method is the one with the best mean on dev,
    and the member likewise; what the one has over the other is told for each seed and for all of
    them, each document's counts added up. Raises ConfigurationError for reports that do not belong
    together.
    """
    _check(reports)
    return "\n\n".join(_parts(reports)) + "\n"


def _parts(reports: Sequence[Report]) -> Iterator[str]:
    corpora = list(reports[0]["dev"]["corpora"])
    splits = [split for split in ("dev", "test") if split in reports[0]]
    best = {kind: _best(reports, kind) for kind in _KINDS}
    names = {kind: _names(reports, kind) for kind in _KINDS}
    yield "# Fusion"
    yield fold(
        f"{_count(len(reports), 'seed')}; members: {', '.join(names['members'])}. Strict F1 and "
        "token accuracy in percent, means over seeds, with the standard deviation of F1. Pools are "
        "fitted to dev; dev's own figures are of documents that the pools were not fitted to (five "
        f"parts, each by the other four). {_evidence(reports[0])}Test decides nothing."
    )
    method, member = (names[kind][best[kind]] for kind in ("methods", "members"))
    yield fold(f"By dev: the method is **{method}**, the best single member **{member}**.")
    for corpus in corpora:
        yield f"## {corpus}"
        headings = ["", "kind"]
        for split in splits:
            headings += [f"{split} F1", "deviation", f"{split} accuracy"]
        rows = []
        for kind in _KINDS:
            for place, name in enumerate(names[kind]):
                cells = [name, kind.removesuffix("s")]
                for split in splits:
                    cells += _cells([_scores(one, split, corpus, kind, place) for one in reports])
                rows.append(cells)
        yield table(headings, rows, left=2)
        for split in splits:
            told = _verdict(reports, split, corpus, best, f"{method} less {member}")
            yield fold(f"{told} {_below(reports, split, corpus, names['methods'])}")


def _evidence(report: Report) -> str:
    """What is different for some rows, as sentences that end with a space."""
    told = ""
    stacking = report.get("evidence", {}).get("stacking", {})
    if stacking.get("out_of_fold"):
        documents = ", ".join(f"{n} of {name}" for name, n in stacking["out_of_fold"].items())
        told += (
            f"Stacking is fitted to training documents ({documents}) as taggers found them that "
            "had not seen them. "
        )
    if stacking.get("dictionary"):
        names = ", ".join(one["name"] for one in stacking["dictionary"])
        told += f"It reads which words are names in {names}. "
    if report.get("joint"):
        told += "What is called joint is one tagger with two encoders inside. "
    return told


def _cells(scores: Sequence[Report]) -> tuple[str, str, str]:
    f1 = [one["mentions"]["strict"]["f1"] for one in scores]
    spread = percent(stdev(f1)) if len(f1) > 1 else ""
    return percent(mean(f1)), spread, percent(mean(one["tokens"]["accuracy"] for one in scores))


def _verdict(
    reports: Sequence[Report], split: str, corpus: str, best: Mapping[str, int], what: str
) -> str:
    counts = {
        kind: [_counts(_scores(one, split, corpus, kind, best[kind])) for one in reports]
        for kind in _KINDS
    }
    each = [
        _f1(first) - _f1(second)
        for first, second in zip(counts["methods"], counts["members"], strict=True)
    ]
    if len({one.shape for kind in _KINDS for one in counts[kind]}) > 1:
        raise ConfigurationError(f"{corpus} {split}: the reports are not of the same documents")
    first, second = (np.sum(counts[kind], axis=0) for kind in ("methods", "members"))
    interval = bootstrap_difference(first, second, resamples=RESAMPLES)
    p_value = bootstrap_p_value(first, second, resamples=RESAMPLES)
    seeds = ", ".join(f"{100 * one:+.2f}" for one in each)
    return (
        f"On {split}, {what}: {100 * mean(each):+.2f} points in the mean ({seeds}); paired "
        f"bootstrap over documents, all seeds added up: 95% from {100 * interval.low:+.2f} to "
        f"{100 * interval.high:+.2f}, p = {p_value:.4f}."
    )


def _below(reports: Sequence[Report], split: str, corpus: str, methods: Sequence[str]) -> str:
    """Which methods are no better than what they are made of."""
    means = {kind: _means(reports, split, corpus, kind) for kind in _KINDS}
    weakest = min(means["members"])
    below = [name for name, f1 in zip(methods, means["methods"], strict=True) if f1 < weakest]
    return f"Below the weakest member: {', '.join(below) or 'none'}."


def _means(reports: Sequence[Report], split: str, corpus: str, kind: str) -> list[float]:
    """Each row's strict F1, mean over seeds."""
    n_rows = len(reports[0][split]["corpora"][corpus][kind])
    return [
        mean(
            _scores(one, split, corpus, kind, place)["mentions"]["strict"]["f1"] for one in reports
        )
        for place in range(n_rows)
    ]


def _best(reports: Sequence[Report], kind: str) -> int:
    by_corpus = [_means(reports, "dev", corpus, kind) for corpus in reports[0]["dev"]["corpora"]]
    means = np.mean(by_corpus, axis=0)
    return int(np.argmax(means))


def _scores(report: Report, split: str, corpus: str, kind: str, place: int) -> Report:
    by_name: Report = report[split]["corpora"][corpus][kind]
    scores: Report = list(by_name.values())[place]
    return scores


def _names(reports: Sequence[Report], kind: str) -> list[str]:
    """What the rows are called; members that differ by a seed at the end go without it."""
    corpus = next(iter(reports[0]["dev"]["corpora"]))
    rows = zip(*(list(one["dev"]["corpora"][corpus][kind]) for one in reports), strict=True)
    return [_shared(names) for names in rows]


def _shared(names: Sequence[str]) -> str:
    bare = {_SEED.sub("", name) for name in names}
    return bare.pop() if len(bare) == 1 and len(names) > 1 else names[0]


def _counts(scores: Report) -> npt.NDArray[np.int64]:
    return np.array(scores["by_document"], dtype=np.int64)


def _f1(counts: npt.NDArray[np.int64]) -> float:
    hits, false_alarms, misses = counts.sum(axis=0).tolist()
    whole = 2 * hits + false_alarms + misses
    return 2 * hits / whole if whole else 0.0


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _check(reports: Sequence[Report]) -> None:
    if not reports:
        raise ConfigurationError("no report of a fusion to make a page of")
    for one in reports:
        if "dev" not in one or "members" not in one:
            raise ConfigurationError("not a report of a fusion: `bioweave fuse --json` prints one")
    shapes = {
        (
            len(one["members"]),
            tuple(one["dev"]["corpora"]),
            "test" in one,
        )
        for one in reports
    }
    if len(shapes) > 1:
        raise ConfigurationError(
            "the reports are of different numbers of members, corpora or splits: a page has one "
            "report for each seed of the same study"
        )
