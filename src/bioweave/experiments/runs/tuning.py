"""A search for the settings that do best on dev."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioweave.errors import ConfigurationError
from bioweave.experiments.runs.completing import read_scores
from bioweave.experiments.runs.confirming import confirm
from bioweave.experiments.runs.running import check_distinct, check_jobs
from bioweave.experiments.runs.search_space import Parameter, load_space, overrides_of
from bioweave.experiments.runs.searching import Search, run_name
from bioweave.experiments.runs.study import IMPOSSIBLE, PrunerName, StudySettings
from bioweave.experiments.runs.trials import Trial, TrialsFolder, write_recipe
from bioweave.experiments.runs.tuning_page import PICTURE, tuning_page
from bioweave.experiments.runs.tuning_plots import importance, plot_tuning
from bioweave.whole_files import write_json, write_whole

if TYPE_CHECKING:
    import optuna

    from bioweave.training import Recipe
    from bioweave.training.watcher import Watcher

COMMAND = "tune"
BEST = "best.toml"


def tune(
    recipe_path: Path,
    out: Path,
    *,
    n_trials: int,
    timeout: float | None = None,
    space: Path | None = None,
    pruner: PrunerName = "median",
    sampler_seed: int = 0,
    startup_trials: int = 5,
    confirm_seeds: Sequence[int] = (),
    overrides: Iterable[str] = (),
    jobs: int = 1,
    keep_weights: bool = False,
    watcher: Watcher | None = None,
) -> dict[str, Any]:
    """Try settings until `n_trials` were tried, earlier calls counted; returns `summary.json`.

    A trial's value is the dev F1 of the weights that its run keeps, as training measures it. The
    best becomes `best.toml`. `study.db` is Optuna's; `tuning.md` and `tuning.png` show it. No
    trial begins later than `timeout` seconds after this call did. With one job an interrupted
    search goes on to the same trials; with several their order is a matter of chance. At the end
    the best and the recipe as it was are trained with each of `confirm_seeds`.

    Raises ConfigurationError where the recipe is not measured on dev, where the search space is
    none, for a seed that is named twice, and where no trial came to an end.
    """
    from bioweave.training import load_recipe
    from bioweave.training.watcher import NoWatcher

    check_jobs(jobs)
    check_distinct(confirm_seeds)
    recipe = load_recipe(recipe_path, overrides)
    beside = recipe_path.with_suffix(".space.toml")
    parameters = load_space(recipe, space or (beside if beside.is_file() else None))
    settings = {
        "space": [one.model_dump(mode="json", exclude_none=True) for one in parameters],
        "pruner": pruner,
        "sampler_seed": sampler_seed,
        "startup_trials": startup_trials,
    }
    folder = TrialsFolder(out)
    told = watcher or NoWatcher()
    with folder.claimed(recipe, COMMAND, settings):
        folder.check_unchanged([Trial("recipe")])
        of_study = StudySettings(out, recipe.name, sampler_seed, pruner, startup_trials, jobs)
        search = Search(folder, of_study, parameters, keep_weights, told)
        search.run(n_trials, time.monotonic() + timeout if timeout is not None else None)
        summary = {
            "command": COMMAND,
            "recipe": recipe.name,
            "corpora": [choice.name for choice in recipe.corpora if choice.evaluate],
            **settings,
            "before": _before(recipe, parameters),
            **_summary(folder, search.study),
        }
        best = summary["best"]
        changes = overrides_of(best["parameters"])
        write_recipe(
            folder.resolved(Trial("best", changes)),
            out / BEST,
            f"The best of {len(summary['trials'])} trials of `bioweave tune`: trial "
            f"{best['number']}, strict F1 on dev {best['value']:.4f}.",
        )
        if confirm_seeds:
            summary["confirmed"] = confirm(
                folder,
                f"best-{best['number']:04}",
                changes,
                confirm_seeds,
                jobs=jobs,
                keep_weights=keep_weights,
                watcher=told,
            )
        write_tuning(summary, out)
        write_json(folder.summary, summary)
    return summary


def write_tuning(summary: Mapping[str, Any], out: Path) -> None:
    """Write the page and the picture of a search, from its summary alone."""
    write_whole(out / "tuning.md", tuning_page(summary).encode())
    plot_tuning(summary, out / PICTURE)


def _before(recipe: Recipe, space: Sequence[Parameter]) -> dict[str, Any]:
    """What the recipe itself has of the settings; what it has not is left out."""
    from bioweave.training.recipe_file import recipe_table

    found: dict[str, Any] = {}
    for parameter in space:
        value: Any = recipe_table(recipe)
        for name in parameter.key.split("."):
            if isinstance(value, list):  # of tables, which have names
                value = {one["name"]: one for one in value}
            value = value.get(name) if isinstance(value, dict) else None
        if value is not None:
            found[parameter.key] = value
    return found


def _summary(folder: TrialsFolder, study: optuna.Study) -> dict[str, Any]:
    from optuna.trial import TrialState

    rows: list[dict[str, Any]] = []
    for one in study.get_trials(deepcopy=False):
        run = folder.run(run_name(one.number))
        if one.state == TrialState.PRUNED:
            shutil.rmtree(run, ignore_errors=True)
        scores = read_scores(run)
        rows.append(
            {
                "number": one.number,
                "state": one.state.name.lower(),
                "value": one.value if one.state == TrialState.COMPLETE else None,
                "parameters": one.params,
                "epochs": {str(epoch): f1 for epoch, f1 in one.intermediate_values.items()},
                "reason": one.user_attrs.get(IMPOSSIBLE),
                "scores": scores.to_json() if scores is not None else None,
            }
        )
    finished = [row for row in rows if row["value"] is not None]
    if not finished:
        raise ConfigurationError(
            f"{folder.path}: none of {len(rows)} trials came to its end; ask for more --trials"
        )
    best = max(finished, key=lambda row: row["value"])
    return {
        "best": {name: best[name] for name in ("number", "value", "parameters")},
        "importance": importance(study),
        "trials": rows,
    }
