"""All that follow one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bioweave.errors import MissingExtraError
from bioweave.training.tracking.choice import TrackingChoice
from bioweave.training.tracking.mlflow_run import MlflowTracker
from bioweave.training.tracking.tensorboard import TensorBoardTracker
from bioweave.training.tracking.tracker import Ending, Results, Tracker
from bioweave.training.watcher import Watcher

TENSORBOARD = "tensorboard"


def check_installed(choice: TrackingChoice) -> None:
    """Raise MissingExtraError where a library is not there that the recipe asks for."""
    if choice.tensorboard and find_spec("tensorboard") is None:
        raise MissingExtraError("tensorboard", extra="train", needed_for="tracking.tensorboard")
    if choice.mlflow and find_spec("mlflow") is None:
        raise MissingExtraError("mlflow", extra="mlflow", needed_for="tracking.mlflow")


class Trackers:
    """Tells each tracker what is told to it.

    One that fails while a run is under way is not told any more, and the watcher hears of it: a
    server that is down for a minute is no reason to end a training of days. The run's own files
    hold the same figures.
    """

    def __init__(self, trackers: Mapping[str, Tracker], watcher: Watcher) -> None:
        self._trackers = dict(trackers)
        self._watcher = watcher

    def start(self, step: int) -> None:
        """Learning begins, or goes on, after so many steps."""
        self._each(lambda tracker: tracker.start(step))

    def figures(self, step: int, figures: Mapping[str, float]) -> None:
        """What was measured after a step."""
        if figures:
            self._each(lambda tracker: tracker.figures(step, figures))

    def results(self, results: Results) -> None:
        """What came out."""
        self._each(lambda tracker: tracker.results(results))

    def end(self, ending: Ending) -> None:
        """Nothing more comes from this process."""
        self._each(lambda tracker: tracker.end(ending))

    def _each(self, tell: Callable[[Tracker], None]) -> None:
        for name, tracker in list(self._trackers.items()):
            try:
                tell(tracker)
            # Whatever a network or a full disk raises: training goes on.
            except Exception as error:
                del self._trackers[name]
                self._watcher.say(f"{name} is told no more: {type(error).__name__}: {error}")


@contextmanager
def tracked(
    choice: TrackingChoice,
    folder: Path,
    table: Mapping[str, Any],
    recipe: str,
    watcher: Watcher,
) -> Iterator[Trackers]:
    """The trackers of a run in `folder`, which hear as well what ended the process's work on it.

    That it is finished the run says itself. `table` are the recipe's settings, `recipe` the same
    as TOML. Raises ConfigurationError where MLflow gives no answer.
    """
    trackers: dict[str, Tracker] = {}
    if choice.tensorboard:
        trackers["TensorBoard"] = TensorBoardTracker(folder / TENSORBOARD, recipe)
    if choice.mlflow:
        trackers["MLflow"] = MlflowTracker(choice, folder, str(table["name"]), table)
    told = Trackers(trackers, watcher)
    try:
        yield told
    except KeyboardInterrupt:
        told.end("interrupted")
        raise
    except BaseException:
        told.end("failed")
        raise
