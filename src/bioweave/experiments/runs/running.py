"""Many trials, one after the other or side by side."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import as_completed
from typing import TYPE_CHECKING

from bioweave.errors import ConfigurationError
from bioweave.experiments.runs.completing import NamedWatcher, Task, complete
from bioweave.experiments.runs.scores import TrialScores
from bioweave.experiments.runs.trials import Trial, TrialsFolder
from bioweave.experiments.runs.workers import workers_in

if TYPE_CHECKING:
    from bioweave.training.watcher import Watcher


def run_trials(
    folder: TrialsFolder,
    trials: Sequence[Trial],
    *,
    jobs: int = 1,
    keep_weights: bool = False,
    keep_predictions: bool = False,
    watcher: Watcher,
) -> dict[str, TrialScores]:
    """The scores of every trial, by name, in their order.

    One job is done in this process, several in processes of their own, which share its threads.
    Raises ConfigurationError for a trial that was run by other settings, before any is trained.
    """
    check_jobs(jobs)
    folder.check_unchanged(trials)
    tasks = {
        trial.name: Task(
            folder.recipe,
            trial.overrides,
            folder.run(trial.name),
            keeps_weights=keep_weights,
            keeps_predictions=keep_predictions,
        )
        for trial in trials
    }
    found: dict[str, TrialScores] = {}

    def tell(name: str, scores: TrialScores) -> None:
        found[name] = scores
        watcher.say(
            f"{name}: strict F1 {scores.strict.f1:.4f} ({len(found)} of {len(tasks)} trials)"
        )

    if jobs == 1:
        for name, task in tasks.items():
            tell(name, complete(task, NamedWatcher(name, watcher)))
    else:
        with workers_in(folder.path, min(jobs, len(tasks))) as workers:
            under_way = {workers.submit(complete, task): name for name, task in tasks.items()}
            for done in as_completed(under_way):
                tell(under_way[done], done.result())
    return {name: found[name] for name in tasks}


def check_jobs(jobs: int) -> None:
    """Raise ConfigurationError where nothing could be done."""
    if jobs < 1:
        raise ConfigurationError(f"--jobs is {jobs}; at least one job does the work")


def check_distinct(seeds: Sequence[int]) -> None:
    """Raise ConfigurationError for a seed that is named twice."""
    if len(set(seeds)) < len(seeds):
        raise ConfigurationError(f"seeds are {', '.join(map(str, seeds))}: name each once")
