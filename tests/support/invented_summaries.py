"""Invented summaries of commands, for tests of the pages that are made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def averaged(f1: Sequence[float], *, seconds: float = 90.0) -> dict[str, Any]:
    """What seeds come to."""
    mean = sum(f1) / len(f1)
    spread = (sum((one - mean) ** 2 for one in f1) / max(len(f1) - 1, 1)) ** 0.5
    return {
        "f1": list(f1),
        "mean": mean,
        "deviation": spread if len(f1) > 1 else None,
        "precision": mean,
        "recall": mean,
        "accuracy": 0.98,
        "seconds": seconds,
    }


def variant(name: str, f1: Sequence[float], whole: Sequence[float], p: float) -> dict[str, Any]:
    """A switch that was thrown, against the recipe."""
    difference = (sum(f1) - sum(whole)) / len(f1)
    return {
        "switch": name,
        "part": "invented",
        "meaning": f"with {name}",
        "set": [],
        **averaged(f1),
        "difference": difference,
        "interval": [difference - 0.01, difference + 0.01],
        "p_value": p,
    }


def ablation(
    variants: Mapping[str, tuple[Sequence[float], float]],
    *,
    whole: Sequence[float] = (0.80, 0.82, 0.81),
    share: float = 1.0,
    documents: int | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """A summary of `ablate`; `variants` have the F1 of each seed and p."""
    return {
        "command": "ablate",
        "study": "ablation",
        "called": "the recipe",
        "recipe": "invented",
        "learned_from": [{"corpus": "sample", "share": share, "documents": documents}],
        "corpora": ["sample"],
        "documents": 100,
        "seeds": [13, 29, 47][: len(whole)],
        "resamples": 10_000,
        "whole": averaged(whole),
        "variants": [variant(name, f1, whole, p) for name, (f1, p) in variants.items()],
        "skipped": [{"switch": "crf", "reason": "the recipe is so already"}],
        "seconds": 1000.0,
        "trials": {},
        **changes,
    }


def search(**changes: Any) -> dict[str, Any]:
    """A summary of `tune`: four trials, of which two came to their end."""

    def trial(number: int, state: str, value: float | None, rate: float) -> dict[str, Any]:
        epochs = {} if state == "fail" else {"1": 0.5, "2": value or 0.6}
        return {
            "number": number,
            "state": state,
            "value": value,
            "parameters": {"training.head_learning_rate": rate, "model.decoder": "crf"},
            "epochs": epochs,
            "reason": "no recipe" if state == "fail" else None,
            "scores": None,
        }

    trials = [
        trial(0, "complete", 0.80, 1e-3),
        trial(1, "pruned", None, 1e-1),
        trial(2, "complete", 0.83, 3e-3),
        trial(3, "fail", None, 1.0),
    ]
    return {
        "command": "tune",
        "recipe": "invented",
        "corpora": ["sample"],
        "space": [
            {"key": "training.head_learning_rate", "low": 1e-4, "high": 1e-1, "log": True},
            {"key": "model.decoder", "choices": ["crf", "softmax"], "log": False},
        ],
        "pruner": "median",
        "sampler_seed": 0,
        "startup_trials": 2,
        "before": {"training.head_learning_rate": 2e-3, "model.decoder": "softmax"},
        "best": {name: trials[2][name] for name in ("number", "value", "parameters")},
        "importance": {"training.head_learning_rate": 0.97, "model.decoder": 0.03},
        "trials": trials,
        **changes,
    }


def folds(**changes: Any) -> dict[str, Any]:
    """A summary of `cross-validate`: two folds."""

    def scores(f1: float) -> dict[str, Any]:
        strict = {"precision": f1, "recall": f1, "f1": f1, "support": 50}
        return {"strict": strict, "tokens": {"accuracy": 0.98}}

    return {
        "command": "cross-validate",
        "recipe": "invented",
        "corpus": "sample",
        "folds": 2,
        "seed": 0,
        "mean": {"precision": 0.7, "recall": 0.7, "f1": 0.7, "accuracy": 0.98},
        "deviation": {"precision": 0.1, "recall": 0.1, "f1": 0.1414, "accuracy": 0.0},
        "out_of_fold": {
            "documents": 40,
            **scores(0.72),
            "confidence_interval": {"strict_f1": [0.65, 0.79], "resamples": 1000},
        },
        "trials": {"fold-1": scores(0.6), "fold-2": scores(0.8)},
        **changes,
    }


def explanation_check(**changes: Any) -> dict[str, Any]:
    """A summary of `explain --check`: two methods, of which the second is no better than chance."""
    measures = ("comprehensiveness", "sufficiency", "deletion", "insertion")

    def curves(value: float) -> dict[str, Any]:
        return {
            **dict.fromkeys(measures, value),
            "comprehensiveness_bins": [value] * 5,
            "sufficiency_bins": [value] * 5,
            "deletion_curve": [value] * 11,
            "insertion_curve": [value] * 11,
        }

    def over(gain: float) -> dict[str, Any]:
        def told(sign: int) -> dict[str, Any]:
            bounds = sorted((sign * gain - 0.1, sign * gain + 0.1))
            return {"difference": sign * gain, "interval": bounds}

        signs = dict(zip(measures, (1, -1, -1, 1), strict=True))
        return {
            **{key: told(sign) for key, sign in signs.items()},
            "comprehensiveness_bins": [told(1)] * 5,
            "sufficiency_bins": [told(-1)] * 5,
            "by_label": {"Disease": dict.fromkeys(measures, gain)},
        }

    def method(gain: float, **more: Any) -> dict[str, Any]:
        baselines = {"random": over(gain), "mention first": over(0.0)}
        return {**curves(0.7), "over": baselines, "seconds": 1.25, "variants": 40.0, **more}

    agreed = {
        "mentions": 30,
        "correlation": 0.8,
        "correlation_interval": [0.7, 0.9],
        "overlap": 0.6,
        "overlap_interval": [0.5, 0.7],
    }
    return {
        "command": "explain --check",
        "model": "invented",
        "corpus": "sample",
        "split": "dev",
        "carved_with_seed": None,
        "saw_split": True,
        "mode": "balanced",
        "found": 90,
        "samples": 512,
        "seed": 0,
        "draws": 5,
        "again_every": 4,
        "mentions": 30,
        "documents": 12,
        "labels": {"Disease": 30},
        "words": 20.0,
        "probability": 0.9,
        "base": 0.001,
        "improbable": 1,
        "resamples": 10_000,
        "bins": [0.01, 0.05, 0.1, 0.2, 0.5],
        "steps": [step / 10 for step in range(11)],
        "top": 5,
        "methods": {"lime": method(0.4, fit=0.8), "occlusion": method(0.0)},
        "baselines": {"random": curves(0.3), "mention first": curves(0.5)},
        "agreement": [{"methods": ["lime", "occlusion"], **agreed}],
        "stability": [{"methods": ["lime"], **agreed, "mentions": 8}],
        "top_by_chance": 0.25,
        **changes,
    }
