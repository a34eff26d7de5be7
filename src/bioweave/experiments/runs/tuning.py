"""A search for the settings that do best on dev."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioweave.errors import ConfigurationError
from bioweave.experiments.runs.completing import Task, read_scores
from bioweave.experiments.runs.running import check_jobs
from bioweave.experiments.runs.search_space import Parameter, load_space, overrides_of
from bioweave.experiments.runs.study import (
    IMPOSSIBLE,
    PrunerName,
    StudySettings,
    draw,
    interrupted,
)
from bioweave.experiments.runs.trials import Trial, TrialsFolder, write_recipe
from bioweave.experiments.runs.trying import Outcome, try_trial
from bioweave.experiments.runs.tuning_plots import importance, plot_study
from bioweave.experiments.runs.workers import workers_in
from bioweave.whole_files import write_json

if TYPE_CHECKING:
    import optuna

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
    overrides: Iterable[str] = (),
    jobs: int = 1,
    keep_weights: bool = False,
    watcher: Watcher | None = None,
) -> dict[str, Any]:
    """Try settings until `n_trials` were tried, earlier calls counted; returns `summary.json`.

    A trial's value is the dev F1 of the weights that its run keeps, as training measures it. The
    best becomes `best.toml`. `study.db` is Optuna's; `history.png` and `importance.png` draw it.
    No trial begins later than `timeout` seconds after this call did. With one job an interrupted
    search goes on to the same trials; with several their order is a matter of chance.

    Raises ConfigurationError where the recipe is not measured on dev, where the search space is
    none, and where no trial came to an end.
    """
    from bioweave.training import load_recipe
    from bioweave.training.watcher import NoWatcher

    check_jobs(jobs)
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
    with folder.claimed(recipe, COMMAND, settings):
        folder.check_unchanged([Trial("recipe")])
        of_study = StudySettings(out, recipe.name, sampler_seed, pruner, startup_trials, jobs)
        search = _Search(folder, of_study, parameters, keep_weights, watcher or NoWatcher())
        search.run(n_trials, time.monotonic() + timeout if timeout is not None else None)
        summary = {
            "command": COMMAND,
            "recipe": recipe.name,
            "corpora": [choice.name for choice in recipe.corpora if choice.evaluate],
            **settings,
            **_summary(folder, search.study),
        }
        plot_study(search.study, out)
        best = summary["best"]
        write_recipe(
            folder.resolved(Trial("best", overrides_of(best["parameters"]))),
            out / BEST,
            f"The best of {len(summary['trials'])} trials of `bioweave tune`: trial "
            f"{best['number']}, strict F1 on dev {best['value']:.4f}.",
        )
        write_json(folder.summary, summary)
    return summary


class _Search:
    """Trials of a study, from the asking to the telling."""

    def __init__(
        self,
        folder: TrialsFolder,
        settings: StudySettings,
        space: Sequence[Parameter],
        keep_weights: bool,
        watcher: Watcher,
    ) -> None:
        self.study = settings.open()
        self._folder = folder
        self._settings = settings
        self._space = space
        self._keep_weights = keep_weights
        self._watcher = watcher

    def run(self, n_trials: int, deadline: float | None) -> None:
        """Try until there are so many; what was interrupted comes first."""
        coming = self._coming(n_trials, deadline)
        if self._settings.jobs == 1:
            for trial, task in coming:
                self._tell(trial, try_trial(self._settings, trial.number, task, self._watcher))
            return
        under_way: dict[Future[Outcome], optuna.Trial] = {}
        with workers_in(self._folder.path, self._settings.jobs) as workers:
            while True:
                while len(under_way) < self._settings.jobs and (one := next(coming, None)):
                    trial, task = one
                    future = workers.submit(try_trial, self._settings, trial.number, task)
                    under_way[future] = trial
                if not under_way:
                    return
                for done in wait(under_way, return_when=FIRST_COMPLETED).done:
                    self._tell(under_way.pop(done), done.result())

    def _coming(self, n_trials: int, deadline: float | None) -> Iterator[tuple[optuna.Trial, Task]]:
        waiting = interrupted(self.study)
        while True:
            if waiting:
                trial = waiting.pop(0)
            elif len(self.study.get_trials(deepcopy=False)) >= n_trials or (
                deadline is not None and time.monotonic() > deadline
            ):
                return
            else:
                trial = self.study.ask()
            task = self._task(trial)
            if task is not None:
                yield trial, task

    def _task(self, trial: optuna.Trial) -> Task | None:
        """What is to be trained; None, where that is no recipe."""
        from optuna.trial import TrialState

        name = run_name(trial.number)
        parameters = draw(self.study, trial, self._space, self._settings)
        overrides = overrides_of(parameters)
        try:
            self._folder.resolved(Trial(name, overrides))
        except ConfigurationError as error:
            trial.set_user_attr(IMPOSSIBLE, str(error))
            self.study.tell(trial, state=TrialState.FAIL)
            self._watcher.say(f"trial {trial.number} makes no recipe: {error}")
            return None
        run = self._folder.run(name)
        return Task(self._folder.recipe, overrides, run, keeps_weights=self._keep_weights)

    def _tell(self, trial: optuna.Trial, outcome: Outcome) -> None:
        from optuna.trial import TrialState

        if outcome.value is None:
            self.study.tell(trial, state=TrialState.PRUNED)
            said = "given up"
        else:
            self.study.tell(trial, outcome.value)
            said = f"strict F1 on dev {outcome.value:.4f}, best {self.study.best_value:.4f}"
        self._watcher.say(f"trial {trial.number}: {said}")


def run_name(number: int) -> str:
    """The name of a trial's run."""
    return f"trial-{number:04}"


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
