"""A run as one of MLflow's, in a server's store or in a file."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioweave.errors import ConfigurationError
from bioweave.training.tracking.choice import TrackingChoice
from bioweave.training.tracking.tracker import Ending, Results
from bioweave.whole_files import read_json, write_json

if TYPE_CHECKING:
    from mlflow import MlflowClient

MARK = "mlflow.json"
_TAG = "bioweave.run"
# What MLflow's stores take at once, and at most of one parameter.
_PARAMETERS_AT_ONCE = 100
_LONGEST_VALUE = 6000
_STATUS: dict[Ending, str] = {
    "finished": "FINISHED",
    "failed": "FAILED",
    "interrupted": "KILLED",
}


class MlflowTracker:
    """Tells MLflow of a run; killed and resumed, it is one run there as well.

    MLflow's run is known by a mark in the run's folder, which is written before it is made: so it
    is found again whenever the process was killed. Figures of steps that are learned again are
    told once. Whoever is killed leaves the run as running, until it is resumed.
    """

    def __init__(
        self, choice: TrackingChoice, folder: Path, name: str, parameters: Mapping[str, Any]
    ) -> None:
        """`parameters` are the recipe's tables. Raises ConfigurationError without an answer."""
        # Nobody has asked for a report on how MLflow is used.
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException

        self._told_up_to: dict[str, int] = {}
        try:
            self._client = MlflowClient(tracking_uri=choice.uri)
            self._run_id = self._found_or_made(choice.experiment, _mark_in(folder), name)
            self._tell_parameters(parameters)
        except (MlflowException, OSError, ValueError) as error:
            raise ConfigurationError(
                f"MLflow at {choice.uri or 'its default address'} does not take the run: {error}; "
                "see [tracking] in the recipe, or train with --set tracking.mlflow=false"
            ) from error

    @property
    def client(self) -> MlflowClient:
        """What talks to MLflow."""
        return self._client

    @property
    def run_id(self) -> str:
        """MLflow's name of the run."""
        return self._run_id

    def start(self, step: int) -> None:
        """See `Tracker`."""
        run = self._client.get_run(self._run_id)
        for name in run.data.metrics:
            history = self._client.get_metric_history(self._run_id, name)
            self._told_up_to[name] = max(one.step for one in history)

    def figures(self, step: int, figures: Mapping[str, float]) -> None:
        """See `Tracker`."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        fresh = [
            Metric(name, value, now, step)
            for name, value in figures.items()
            if step > self._told_up_to.get(name, -1)
        ]
        self._client.log_batch(self._run_id, metrics=fresh)
        self._told_up_to.update((one.key, step) for one in fresh)

    def results(self, results: Results) -> None:
        """See `Tracker`."""
        for path in results.files:
            self._client.log_artifact(self._run_id, str(path))
        record = json.dumps(results.record, indent=2, ensure_ascii=False)
        self._client.log_text(self._run_id, f"{record}\n", "run.json")
        if results.card is not None:
            self._client.log_text(self._run_id, results.card(), "model-card.md")

    def end(self, ending: Ending) -> None:
        """See `Tracker`."""
        self._client.set_terminated(self._run_id, _STATUS[ending])

    def _found_or_made(self, experiment: str, mark: str, name: str) -> str:
        where = self._experiment(experiment)
        found = self._client.search_runs([where], f"tags.`{_TAG}` = '{mark}'", max_results=1)
        if found:
            run_id: str = found[0].info.run_id
            self._client.update_run(run_id, status="RUNNING")
            return run_id
        made: str = self._client.create_run(where, tags={_TAG: mark}, run_name=name).info.run_id
        return made

    def _experiment(self, name: str) -> str:
        from mlflow.exceptions import MlflowException

        known = self._client.get_experiment_by_name(name)
        if known is None:
            try:
                made: str = self._client.create_experiment(name)
                return made
            except MlflowException:  # another run was quicker
                known = self._client.get_experiment_by_name(name)
                if known is None:
                    raise
        found: str = known.experiment_id
        return found

    def _tell_parameters(self, parameters: Mapping[str, Any]) -> None:
        from mlflow.entities import Param

        told = [Param(key, value[:_LONGEST_VALUE]) for key, value in _flat(parameters)]
        for start in range(0, len(told), _PARAMETERS_AT_ONCE):
            # Those that are known already may be told again, if they are the same.
            self._client.log_batch(self._run_id, params=told[start : start + _PARAMETERS_AT_ONCE])


def _mark_in(folder: Path) -> str:
    path = folder / MARK
    known = read_json(path)
    if isinstance(known, dict) and isinstance(known.get("mark"), str):
        return str(known["mark"])
    mark = uuid.uuid4().hex
    write_json(path, {"mark": mark})
    return mark


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Keys as `--set` takes them, with their values as text."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
            for place, one in enumerate(value):
                yield from _flat(one, f"{before}{key}.{one.get('name', place)}.")
        else:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield f"{before}{key}", text
