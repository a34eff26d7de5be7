"""The trials of a search, one after the other or side by side."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TYPE_CHECKING

from bioweave.errors import ConfigurationError
from bioweave.experiments.runs.completing import Task
from bioweave.experiments.runs.search_space import Parameter, overrides_of
from bioweave.experiments.runs.study import IMPOSSIBLE, StudySettings, draw, interrupted
from bioweave.experiments.runs.trials import Trial, TrialsFolder
from bioweave.experiments.runs.trying import Outcome, try_trial
from bioweave.experiments.runs.workers import workers_in

if TYPE_CHECKING:
    import optuna

    from bioweave.training.watcher import Watcher


class Search:
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
