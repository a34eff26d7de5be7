"""What many mentions come to: means, differences to chance, intervals over documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from bioweave.explanation.checking.agreement import TOP
from bioweave.explanation.checking.curves import BINS, MEASURES, STEPS
from bioweave.explanation.checking.trial import Row
from bioweave.scoring import bootstrap_means

RESAMPLES = 10_000

Floats: TypeAlias = npt.NDArray[np.float64]

_BY_BIN = ("comprehensiveness_bins", "sufficiency_bins")
_CURVES = ("deletion_curve", "insertion_curve")


def summarise(rows: Sequence[Row], *, resamples: int = RESAMPLES) -> dict[str, Any]:
    """The summary as JSON holds it; every interval is of 95% and over documents.

    What stands under "over" is the method less a baseline, paired by mention. Rows are what
    `Checker.rows` gives, one at least, in any order.
    """
    rows = sorted(rows, key=lambda row: row["turn"])
    return {
        "mentions": len(rows),
        "documents": len({row["place"] for row in rows}),
        "labels": dict(Counter(row["label"] for row in rows).most_common()),
        "words": _mean([row["words"] for row in rows]),
        "probability": _mean([row["probability"] for row in rows]),
        "base": _mean([row["base"] for row in rows]),
        "improbable": sum(row["probability"] < 0.5 for row in rows),
        "resamples": resamples,
        "bins": list(BINS),
        "steps": list(STEPS),
        "top": TOP,
        "methods": {name: _method(rows, name, resamples) for name in rows[0]["methods"]},
        "baselines": {
            name: _measures([row["baselines"][name] for row in rows])
            for name in rows[0]["baselines"]
        },
        "agreement": _agreements(rows, "agreement", resamples),
        "stability": _agreements(rows, "stability", resamples),
        "top_by_chance": _mean([row["top_by_chance"] for row in rows]),
    }


def _method(rows: Sequence[Row], name: str, resamples: int) -> dict[str, Any]:
    own = [row["methods"][name] for row in rows]
    fits = [one["fit"] for one in own if "fit" in one]
    return {
        **_measures(own),
        "over": {
            baseline: _over(rows, name, baseline, resamples) for baseline in rows[0]["baselines"]
        },
        "seconds": _mean([one["seconds"] for one in own]),
        "variants": _mean([one["variants"] for one in own]),
        **({"fit": _mean(fits)} if fits else {}),
    }


def _over(rows: Sequence[Row], name: str, baseline: str, resamples: int) -> dict[str, Any]:
    """Differences with their intervals: of each measure, of each of ERASER's bins, by label."""

    def differences(key: str) -> Floats:
        found: Floats = np.array(
            [
                np.subtract(row["methods"][name][key], row["baselines"][baseline][key])
                for row in rows
            ]
        ).reshape(len(rows), -1)
        return found

    told: dict[str, Any] = {}
    for key in MEASURES:
        [told[key]] = _with_intervals(rows, differences(key), resamples)
    for key in _BY_BIN:
        told[key] = _with_intervals(rows, differences(key), resamples)
    labels = np.array([row["label"] for row in rows])
    told["by_label"] = {
        str(label): {key: float(differences(key)[labels == label].mean()) for key in MEASURES}
        for label in np.unique(labels)
    }
    return told


def _with_intervals(rows: Sequence[Row], table: Floats, resamples: int) -> list[dict[str, Any]]:
    """For each column of a table [rows, values]."""
    means, intervals = table.mean(axis=0), _intervals(rows, table, resamples)
    return [
        {"difference": float(mean), "interval": interval}
        for mean, interval in zip(means, intervals.tolist(), strict=True)
    ]


def _measures(measured: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    keys = (*MEASURES, *_BY_BIN, *_CURVES)
    return {key: np.mean([one[key] for one in measured], axis=0).tolist() for key in keys}


def _agreements(rows: Sequence[Row], key: str, resamples: int) -> list[dict[str, Any]]:
    """Of each pair of methods, or of a method with itself: means over mentions that tell."""
    names = list(dict.fromkeys(name for row in rows for name in row[key]))
    found = []
    for name in names:
        telling = [row for row in rows if row[key].get(name) is not None]
        if not telling:
            continue
        table = np.array([row[key][name] for row in telling])
        intervals = _intervals(telling, table, resamples)
        found.append(
            {
                "methods": name.split(),
                "mentions": len(telling),
                "correlation": float(table[:, 0].mean()),
                "correlation_interval": intervals[0].tolist(),
                "overlap": float(table[:, 1].mean()),
                "overlap_interval": intervals[1].tolist(),
            }
        )
    return found


def _intervals(rows: Sequence[Row], table: Floats, resamples: int) -> Floats:
    """[values, 2], for a table [rows, values]."""
    _, places = np.unique([row["place"] for row in rows], return_inverse=True)
    counts = np.bincount(places)
    totals = np.zeros((len(counts), table.shape[1]))
    np.add.at(totals, places, table)
    return bootstrap_means(totals, counts, resamples=resamples)


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))
