"""What each part of a recipe is worth: the recipe against itself with one switch thrown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioweave.errors import ConfigurationError
from bioweave.experiments.runs.ablation_page import PICTURE, ablation_page
from bioweave.experiments.runs.ablation_plot import plot_ablation
from bioweave.experiments.runs.comparing import RESAMPLES, compare, summarise
from bioweave.experiments.runs.completing import spent_seconds
from bioweave.experiments.runs.running import check_distinct, run_trials
from bioweave.experiments.runs.scores import TrialScores, side_by_side
from bioweave.experiments.runs.switches import (
    Skipped,
    SwitchFile,
    Variant,
    choose,
    load_switches,
    throw,
)
from bioweave.experiments.runs.trials import Trial, TrialsFolder
from bioweave.whole_files import write_json, write_whole

if TYPE_CHECKING:
    from bioweave.training import Recipe
    from bioweave.training.watcher import Watcher

COMMAND = "ablate"
RECIPE = "recipe"
SEEDS = (13, 29, 47)


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
    known = load_switches(switch_file)
    chosen = choose(known.switches, switches)
    if not seeds:
        raise ConfigurationError("no seed is named: an ablation wants one at least, better three")
    check_distinct(seeds)
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
        summary = _summary(recipe, known, seeds, variants, skipped, by_variant)
        summary["seconds"] = spent_seconds(scores)
        summary["trials"] = {name: one.to_json() for name, one in scores.items()}
        write_ablation(summary, out)
        write_json(folder.summary, summary)
    return summary


def write_ablation(summary: Mapping[str, Any], out: Path) -> None:
    """Write the page and the picture of an ablation, from its summary alone."""
    write_whole(out / "ablation.md", ablation_page(summary).encode())
    if summary["variants"]:
        plot_ablation(summary, out / PICTURE)


def _summary(
    recipe: Recipe,
    known: SwitchFile,
    seeds: Sequence[int],
    variants: Sequence[Variant],
    skipped: Sequence[Skipped],
    by_variant: Mapping[str, Sequence[TrialScores]],
) -> dict[str, Any]:
    whole = by_variant[RECIPE]
    return {
        "command": COMMAND,
        "study": known.study,
        "called": known.whole,
        "recipe": recipe.name,
        "learned_from": [
            {"corpus": one.name, "share": one.share, "documents": one.documents}
            for one in recipe.corpora
        ],
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
