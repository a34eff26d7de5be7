"""What each part of a recipe is worth: the recipe against itself with one switch thrown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bioweave.errors import ConfigurationError
from bioweave.experiments.runs.ablation_page import ablation_page
from bioweave.experiments.runs.ablation_plot import plot_ablation
from bioweave.experiments.runs.completing import spent_seconds
from bioweave.experiments.runs.running import run_trials
from bioweave.experiments.runs.scores import DocumentKey, Strict, TrialScores, side_by_side
from bioweave.experiments.runs.switches import Skipped, Variant, choose, load_switches, throw
from bioweave.experiments.runs.trials import Trial, TrialsFolder
from bioweave.scoring import bootstrap_difference, bootstrap_p_value
from bioweave.whole_files import write_json, write_whole

if TYPE_CHECKING:
    from bioweave.training import Recipe
    from bioweave.training.watcher import Watcher

COMMAND = "ablate"
RECIPE = "recipe"
SEEDS = (13, 29, 47)
RESAMPLES = 10_000


def ablate(
    recipe_path: Path,
    out: Path,
    *,
    switches: Sequence[str] = (),
    switch_file: Path | None = None,
    seeds: Sequence[int] = SEEDS,
    overrides: Iterable[str] = (),
    jobs: int = 1,
    keep_weights: bool = False,
    watcher: Watcher | None = None,
) -> dict[str, Any]:
    """Train the recipe and each of its variants with every seed; returns `summary.json`.

    Switches that a recipe has thrown already, or that make no recipe of it, are listed under
    "skipped" with the reason. Beside the summary stand `ablation.md` and `ablation.png`. Called
    again with more switches or seeds, only what is new is trained. Raises ConfigurationError for a
    switch that does not exist and for seeds that are too few or named twice.
    """
    from bioweave.training import load_recipe
    from bioweave.training.watcher import NoWatcher

    recipe = load_recipe(recipe_path, overrides)
    chosen = choose(load_switches(switch_file), switches)
    _check_seeds(seeds)
    folder = TrialsFolder(out)
    told = watcher or NoWatcher()
    with folder.claimed(recipe, COMMAND, {}):
        thrown = [
            throw(switch, recipe, lambda changes: folder.resolved(Trial("", tuple(changes))))
            for switch in chosen
        ]
        variants = [one for one in thrown if isinstance(one, Variant)]
        skipped = [one for one in thrown if isinstance(one, Skipped)]
        for one in skipped:
            told.say(f"{one.name} is left out: {one.reason}")
        plan: dict[str, list[tuple[str, ...]]] = {
            RECIPE: [()],
            **{one.switch.name: list(one.taggers) for one in variants},
        }
        trials = {
            (name, seed): _trials(name, taggers, seed)
            for seed in seeds
            for name, taggers in plan.items()
        }
        scores = run_trials(
            folder,
            [trial for parts in trials.values() for trial in parts],
            jobs=jobs,
            keep_weights=keep_weights,
            watcher=told,
        )
        by_variant = {
            name: [
                side_by_side([scores[part.name] for part in trials[name, seed]]) for seed in seeds
            ]
            for name in plan
        }
        summary = _summary(recipe, seeds, variants, skipped, by_variant)
        summary["seconds"] = spent_seconds(scores)
        summary["trials"] = {name: one.to_json() for name, one in scores.items()}
        write_report(summary, out)
        write_json(folder.summary, summary)
    return summary


def write_report(summary: Mapping[str, Any], out: Path) -> None:
    """Write the page and the picture of an ablation, from its summary alone."""
    write_whole(out / "ablation.md", ablation_page(summary).encode())
    plot_ablation(summary, out / "ablation.png")


def compare(variant: Sequence[TrialScores], recipe: Sequence[TrialScores]) -> dict[str, Any]:
    """A variant against the recipe: the same seeds in the same order.

    "difference" is the variant's mean F1 over seeds less the recipe's. For the paired bootstrap
    each document's counts are added up over the seeds, on both sides; then documents are drawn. So
    "interval" (95%) and "p_value" tell how far the difference depends on the documents, for these
    seeds; how far it depends on the seeds, "deviation" tells.
    """
    ours, theirs = _pooled(variant), _pooled(recipe)
    if ours.keys() != theirs.keys():
        raise ConfigurationError("a variant was not measured on the recipe's documents")
    first = np.array([ours[key] for key in theirs])
    second = np.array(list(theirs.values()))
    interval = bootstrap_difference(first, second, resamples=RESAMPLES)
    f1 = [float(np.mean([one.strict.f1 for one in side])) for side in (variant, recipe)]
    return {
        "difference": f1[0] - f1[1],
        "interval": [interval.low, interval.high],
        "p_value": bootstrap_p_value(first, second, resamples=RESAMPLES),
    }


def summarise(seeds: Sequence[TrialScores]) -> dict[str, Any]:
    """Mean and standard deviation over seeds; the latter is None for a single one."""
    f1 = [one.strict.f1 for one in seeds]
    words = [one.words for one in seeds]
    return {
        "f1": f1,
        "mean": float(np.mean(f1)),
        "deviation": float(np.std(f1, ddof=1)) if len(f1) > 1 else None,
        "precision": float(np.mean([one.strict.precision for one in seeds])),
        "recall": float(np.mean([one.strict.recall for one in seeds])),
        "accuracy": float(np.mean([one.accuracy for one in words if one is not None]))
        if None not in words
        else None,
    }


def _summary(
    recipe: Recipe,
    seeds: Sequence[int],
    variants: Sequence[Variant],
    skipped: Sequence[Skipped],
    by_variant: Mapping[str, Sequence[TrialScores]],
) -> dict[str, Any]:
    whole = by_variant[RECIPE]
    return {
        "command": COMMAND,
        "recipe": recipe.name,
        "corpora": list(whole[0].corpora),
        "documents": len(whole[0].by_document),
        "seeds": list(seeds),
        "resamples": RESAMPLES,
        "whole": summarise(whole),
        "variants": [
            {
                "switch": one.switch.name,
                "part": one.switch.part,
                "meaning": one.switch.meaning,
                "set": list(one.switch.set),
                **summarise(by_variant[one.switch.name]),
                **compare(by_variant[one.switch.name], whole),
            }
            for one in variants
        ],
        "skipped": [{"switch": one.name, "reason": one.reason} for one in skipped],
    }


def _trials(name: str, taggers: Sequence[Sequence[str]], seed: int) -> list[Trial]:
    parts = [f"-{number}" for number in range(1, len(taggers) + 1)] if len(taggers) > 1 else [""]
    return [
        Trial(f"{name}-{seed}{part}", (*overrides, f"seed={seed}"))
        for part, overrides in zip(parts, taggers, strict=True)
    ]


def _pooled(seeds: Sequence[TrialScores]) -> dict[DocumentKey, Strict]:
    """Each document's counts, added up over seeds (which may carve different ones)."""
    pooled: dict[DocumentKey, Strict] = {}
    for one in seeds:
        for key, counts in one.by_document.items():
            pooled[key] = pooled[key] + counts if key in pooled else counts
    return pooled


def _check_seeds(seeds: Sequence[int]) -> None:
    if not seeds or len(set(seeds)) < len(seeds):
        raise ConfigurationError(
            f"seeds are {', '.join(map(str, seeds)) or 'none'}: name each once"
        )
