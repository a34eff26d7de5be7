"""One trial of a study: trained, measured, and given up early where others were better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

from bioweave.experiments.runs.completing import NamedWatcher, Task, complete
from bioweave.experiments.runs.study import StudySettings, quiet

if TYPE_CHECKING:
    import optuna

    from bioweave.training.watcher import Watcher


@dataclass(frozen=True, slots=True)
class Outcome:
    """The dev F1 of what the run keeps; None for a trial that was pruned."""

    value: float | None


def try_trial(
    settings: StudySettings, number: int, task: Task, watcher: Watcher | None = None
) -> Outcome:
    """Complete a trial, or find that it is not worth it.

    After each epoch the study hears of its dev F1. Called again after a kill it comes to the same.
    """
    from bioweave.training import load_recipe
    from bioweave.training.watcher import NoWatcher

    n_epochs = load_recipe(task.recipe, task.overrides).training.epochs
    study = settings.open()
    try:
        pruning = _Pruning(_trial(study, number), n_epochs, watcher or NoWatcher())
        scores = complete(task, pruning)
    except _Pruned:
        return Outcome(None)
    finally:
        _close(study)
    return Outcome(scores.dev["strict_f1"])


class _Pruned(Exception):  # noqa: N818 (nothing went wrong)
    """The trial is worse than others were by then."""


class _Pruning(NamedWatcher):
    """Tells the study of each epoch; ends the run where the study's pruner says so."""

    def __init__(self, trial: optuna.Trial, n_epochs: int, watcher: Watcher) -> None:
        super().__init__(f"trial {trial.number}", watcher)
        self._trial = trial
        self._n_epochs = n_epochs
        self._reported = set(trial.study.trials[trial.number].intermediate_values)

    def measured(self, epoch: float, scores: Mapping[str, float]) -> None:
        """Dev scores after so many epochs; of an epoch the first that was measured counts."""
        step = floor(round(epoch, 6))
        if step < 1:
            return
        if step not in self._reported:
            self._reported.add(step)
            self._trial.report(scores["strict_f1"], step)
        # Asked again where a kill came between the report and the answer; but whoever has come to
        # the end is not given up.
        with quiet():
            if step < self._n_epochs and self._trial.should_prune():
                raise _Pruned


def _trial(study: optuna.Study, number: int) -> optuna.Trial:
    import optuna

    (found,) = (one for one in study.get_trials(deepcopy=False) if one.number == number)
    return optuna.Trial(study, found._trial_id)


def _close(study: optuna.Study) -> None:
    """Let go of the study's file."""
    study._storage.remove_session()
