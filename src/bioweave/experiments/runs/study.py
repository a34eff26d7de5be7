"""An Optuna study that goes on, after a kill at any moment, as if there had been none.

A trial that was under way keeps its number and its parameters, and its run goes on from its last
checkpoint. What is drawn follows from the sampler's seed, the trial's number, the parameter, and
the trials before it: with one job the same trials come in the same order, however often the
study was interrupted.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bioweave.experiments.runs.search_space import Parameter

if TYPE_CHECKING:
    import optuna

PrunerName = Literal["median", "hyperband", "none"]
STUDY = "study.db"
# Why no recipe could be made of a trial's parameters: an attribute of the trial.
IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class StudySettings:
    """How a study draws and prunes."""

    folder: Path
    name: str
    sampler_seed: int = 0
    pruner: PrunerName = "median"
    # Trials that train for nothing before anything is pruned or drawn by what was learned.
    startup_trials: int = 5
    jobs: int = 1

    def open(self) -> optuna.Study:
        """The study in the folder's SQLite file, which is made where there is none."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        with quiet():
            return optuna.create_study(
                storage=f"sqlite:///{self.folder / STUDY}",
                study_name=self.name,
                direction="maximize",
                load_if_exists=True,
                sampler=self.sampler(0, ""),
                pruner=self._pruner(),
            )

    def sampler(self, number: int, key: str) -> optuna.samplers.BaseSampler:
        """What draws one parameter of one trial."""
        import optuna

        digest = hashlib.sha256(f"{self.sampler_seed}\0{number}\0{key}".encode()).digest()
        with quiet():
            return optuna.samplers.TPESampler(
                seed=int.from_bytes(digest[:4], "big"),
                n_startup_trials=self.startup_trials,
                # Each parameter by itself: a trial that was drawn in part is drawn on the same.
                multivariate=False,
                constant_liar=self.jobs > 1,
            )

    def _pruner(self) -> optuna.pruners.BasePruner:
        import optuna

        with quiet():
            if self.pruner == "median":
                # The first epoch says little: a warm-up may fill it.
                return optuna.pruners.MedianPruner(
                    n_startup_trials=self.startup_trials, n_warmup_steps=2
                )
            if self.pruner == "hyperband":
                return optuna.pruners.HyperbandPruner()
            return optuna.pruners.NopPruner()


def draw(
    study: optuna.Study, trial: optuna.Trial, space: Sequence[Parameter], settings: StudySettings
) -> dict[str, Any]:
    """The trial's parameters by key; those that were drawn before a kill stay."""
    for parameter in space:
        study.sampler = settings.sampler(trial.number, parameter.key)
        with quiet():
            parameter.suggest(trial)
    return {parameter.key: trial.params[parameter.key] for parameter in space}


def interrupted(study: optuna.Study) -> list[optuna.Trial]:
    """Trials that were under way when the study was last left, in their order."""
    import optuna

    running = study.get_trials(states=(optuna.trial.TrialState.RUNNING,))
    # Optuna has no other way to take a trial up again than by its id, which it keeps to itself.
    return [optuna.Trial(study, one._trial_id) for one in sorted(running, key=lambda t: t.number)]


@contextmanager
def quiet() -> Iterator[None]:
    """Without warnings of what Optuna calls experimental."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
