"""What a search found against the recipe as it was, with seeds that the search did not use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bioweave.experiments.runs.comparing import RESAMPLES, compare, summarise
from bioweave.experiments.runs.running import run_trials
from bioweave.experiments.runs.trials import Trial, TrialsFolder

if TYPE_CHECKING:
    from bioweave.training.watcher import Watcher


def confirm(
    folder: TrialsFolder,
    name: str,
    overrides: Sequence[str],
    seeds: Sequence[int],
    *,
    jobs: int = 1,
    keep_weights: bool = False,
    watcher: Watcher,
) -> dict[str, Any]:
    """Train the recipe as it was and with these overrides, each with every seed; compare them.

    `name` tells the overrides from those of another search in the same folder. Gives "seeds",
    "resamples", the "recipe" and the "best" (`summarise`; the latter with `compare`), "trials".
    """
    plan = {"recipe": (), name: tuple(overrides)}
    trials = {
        (which, seed): Trial(f"{which}-{seed}", (*settings, f"seed={seed}"))
        for seed in seeds
        for which, settings in plan.items()
    }
    scores = run_trials(
        folder, list(trials.values()), jobs=jobs, keep_weights=keep_weights, watcher=watcher
    )
    recipe, best = ([scores[trials[which, seed].name] for seed in seeds] for which in plan)
    return {
        "seeds": list(seeds),
        "resamples": RESAMPLES,
        "recipe": summarise(recipe),
        "best": {**summarise(best), **compare(best, recipe)},
        "trials": {one: found.to_json() for one, found in scores.items()},
    }
