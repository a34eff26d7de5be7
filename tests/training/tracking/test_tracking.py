"""Who follows a run: every figure once, whatever was killed in between."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from bioweave.errors import ConfigurationError, MissingExtraError
from bioweave.experiments import model_card
from bioweave.training import train
from bioweave.training.tracking import Results, TrackingChoice, trackers
from bioweave.training.tracking.mlflow_run import MlflowTracker
from bioweave.training.tracking.tensorboard import TensorBoardTracker
from bioweave.training.tracking.trackers import Trackers, tracked

pytestmark = [
    # transformers, SQLAlchemy and MLflow about themselves.
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
TABLE = {"name": "tiny", "seed": 3, "corpora": [{"name": "sample", "share": 0.5}], "x": {"y": True}}


class KilledError(Exception):
    pass


class Listener:
    """Hears what is said; dies after the first dev scores, if it is to."""

    def __init__(self, dies: bool = False) -> None:
        self.said: list[str] = []
        self._dies = dies

    def say(self, line: str) -> None:
        self.said.append(line)

    def show(self, n_done: int, n_all: int | None, doing: str) -> None:
        pass

    def measured(self, epoch: float, scores: Mapping[str, float]) -> None:
        if self._dies and epoch > 1:
            raise KilledError


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An MLflow store in a file, with its artefacts beside it: making one takes seconds."""
    folder = tmp_path_factory.mktemp("mlflow")
    patch = pytest.MonkeyPatch()
    patch.chdir(folder)
    yield f"sqlite:///{folder / 'runs.db'}"
    patch.undo()


def curves(folder: Path) -> dict[str, list[tuple[int, float]]]:
    events = EventAccumulator(str(folder)).Reload()
    return {
        name: [(one.step, one.value) for one in events.Scalars(name)]
        for name in events.Tags()["scalars"]
    }


def test_tensorboard_forgets_what_is_learned_again(tmp_path: Path) -> None:
    first = TensorBoardTracker(tmp_path, 'name = "tiny"')
    first.start(0)
    for step in (1, 2, 3):
        first.figures(step, {"train/loss": 1 / step})
    # KilledError here; the checkpoint is of step 1.
    second = TensorBoardTracker(tmp_path, 'name = "tiny"')
    second.start(1)
    for step in (2, 3, 4):
        second.figures(step, {"train/loss": 10 / step})
    second.end("finished")
    assert curves(tmp_path) == {
        "train/loss": [(1, 1), (2, 5), (3, pytest.approx(10 / 3)), (4, 2.5)]
    }


def test_mlflow_has_one_run_and_every_figure_once(store: str, tmp_path: Path) -> None:
    choice = TrackingChoice(mlflow=True, uri=store, experiment="killed")
    first = MlflowTracker(choice, tmp_path, "tiny", TABLE)
    first.start(0)
    for step in (1, 2, 3):
        first.figures(step, {"train/loss": 1 / step, "dev/strict_f1": 0.5})
    assert first.client.get_run(first.run_id).info.status == "RUNNING"
    # KilledError here; the checkpoint is of step 1.
    second = MlflowTracker(choice, tmp_path, "tiny", TABLE)
    assert second.run_id == first.run_id
    second.start(1)
    for step in (2, 3, 4):
        second.figures(step, {"train/loss": 1 / step})
    second.results(Results({"dev": 0.5}, (), lambda: "# Model card"))
    second.end("finished")
    client, run = second.client, second.client.get_run(second.run_id)
    assert run.info.status == "FINISHED"
    history = client.get_metric_history(run.info.run_id, "train/loss")
    assert sorted((one.step, one.value) for one in history) == [
        (step, 1 / step) for step in (1, 2, 3, 4)
    ]
    assert run.data.params == {
        "name": "tiny",
        "seed": "3",
        "corpora.sample.name": "sample",
        "corpora.sample.share": "0.5",
        "x.y": "true",
    }
    assert {one.path for one in client.list_artifacts(run.info.run_id)} == {
        "model-card.md",
        "run.json",
    }
    assert len(client.search_runs([run.info.experiment_id])) == 1


def test_a_killed_run_that_is_followed_goes_on(recipe: Path, store: str, tmp_path: Path) -> None:
    run = tmp_path / "run"
    overrides = [
        "tracking.mlflow=true",
        f"tracking.uri='{store}'",
        "tracking.experiment='trained'",
        "training.epochs=2",
        "corpora.sample.documents=16",
    ]
    with pytest.raises(KilledError):
        train(recipe, run, overrides=overrides, watcher=Listener(dies=True))
    train(recipe, run, overrides=overrides, resume=True, card=model_card)
    epochs = [json.loads(line) for line in (run / "epochs.jsonl").read_text().splitlines()]
    told = curves(run / "tensorboard")
    assert told["dev/strict_f1"] == [
        (one["step"], pytest.approx(one["strict_f1"])) for one in epochs
    ]
    assert set(told) >= {"dev/sample/strict_f1"}
    assert not list((run / "checkpoints").glob("runs"))
    client = MlflowTracker(
        TrackingChoice(mlflow=True, uri=store, experiment="trained"), run, "tiny", {}
    ).client
    (found,) = client.search_runs([client.get_experiment_by_name("trained").experiment_id])
    history = client.get_metric_history(found.info.run_id, "dev/strict_f1")
    assert sorted((one.step, one.value) for one in history) == [
        (one["step"], one["strict_f1"]) for one in epochs
    ]
    assert found.data.params["training.epochs"] == "2"
    names = {one.path for one in client.list_artifacts(found.info.run_id)}
    assert names == {
        "recipe.toml",
        "run.json",
        "steps.jsonl",
        "epochs.jsonl",
        "progress.png",
        "model-card.md",
    }
    kept = Path(client.download_artifacts(found.info.run_id, "run.json", str(tmp_path)))
    assert json.loads(kept.read_text()) == json.loads((run / "run.json").read_text())
    card = Path(client.download_artifacts(found.info.run_id, "model-card.md", str(tmp_path)))
    assert "# Model card: tiny" in card.read_text()


@pytest.mark.parametrize("library", ["tensorboard", "mlflow"])
def test_what_is_not_installed_is_said_before_anything_is_trained(
    library: str, recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        trackers, "find_spec", lambda name: None if name == library else find_spec(name)
    )
    with pytest.raises(MissingExtraError, match=library):
        train(recipe, tmp_path / "run", overrides=["tracking.mlflow=true"])
    assert not (tmp_path / "run").exists()


def test_a_store_that_gives_no_answer_is_said(tmp_path: Path) -> None:
    choice = TrackingChoice(mlflow=True, uri="nosuch://place", tensorboard=False)
    with (
        pytest.raises(ConfigurationError, match=r"nosuch://place does not take the run"),
        tracked(choice, tmp_path, TABLE, "", Listener()),
    ):
        pass


class Broken:
    """A tracker whose disk is full."""

    def start(self, step: int) -> None:
        pass

    def figures(self, step: int, figures: Mapping[str, float]) -> None:
        raise OSError("no space left")

    def results(self, results: Results) -> None:
        raise AssertionError("told all the same")

    def end(self, ending: str) -> None:
        raise AssertionError("told all the same")


def test_training_goes_on_without_a_tracker_that_fails(tmp_path: Path) -> None:
    listener = Listener()
    curve = TensorBoardTracker(tmp_path, "")
    told = Trackers({"broken": Broken(), "TensorBoard": curve}, listener)
    told.start(0)
    told.figures(1, {"train/loss": 2.0})
    told.figures(2, {"train/loss": 1.0})
    told.results(Results({}, ()))
    told.end("finished")
    assert listener.said == ["broken is told no more: OSError: no space left"]
    assert curves(tmp_path) == {"train/loss": [(1, 2.0), (2, 1.0)]}


@pytest.mark.parametrize(
    ("error", "status"), [(KeyboardInterrupt, "KILLED"), (ValueError, "FAILED")]
)
def test_mlflow_hears_how_a_run_was_left(
    error: type[BaseException], status: str, store: str, tmp_path: Path
) -> None:
    choice = TrackingChoice(mlflow=True, uri=store, experiment="left", tensorboard=False)
    with pytest.raises(error), tracked(choice, tmp_path, TABLE, "", Listener()):
        raise error
    client = MlflowClient(store)
    where = client.get_experiment_by_name("left").experiment_id
    mark = json.loads((tmp_path / "mlflow.json").read_text())["mark"]
    (left,) = client.search_runs([where], f"tags.`bioweave.run` = '{mark}'")
    assert left.info.status == status
    MlflowTracker(choice, tmp_path, "tiny", TABLE)
    assert client.get_run(left.info.run_id).info.status == "RUNNING"
