"""The folder of trials: claimed by one command, refused to others, mended after a kill."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bioweave.errors import ConfigurationError
from bioweave.experiments.runs.completing import discard_fragments
from bioweave.experiments.runs.locks import alone_in
from bioweave.experiments.runs.trials import Trial, TrialsFolder
from bioweave.training import load_recipe
from bioweave.whole_files import read_json, write_json, write_whole


def test_a_folder_is_taken_up_again_by_the_same_command_alone(recipe, tmp_path):
    folder = TrialsFolder(tmp_path / "out")
    base = load_recipe(recipe)
    with folder.claimed(base, "tune", {"seed": 0}):
        assert load_recipe(folder.recipe) == base
    with folder.claimed(base, "tune", {"seed": 0}):
        pass
    with (
        pytest.raises(ConfigurationError, match="belongs to `bioweave tune`"),
        folder.claimed(base, "ablate", {"seed": 0}),
    ):
        pass
    with (
        pytest.raises(ConfigurationError, match="seed of the settings have changed"),
        folder.claimed(base, "tune", {"seed": 1}),
    ):
        pass
    with (
        pytest.raises(ConfigurationError, match="training of the recipe have changed"),
        folder.claimed(load_recipe(recipe, ["training.epochs=9"]), "tune", {"seed": 0}),
    ):
        pass


def test_settings_that_came_later_are_no_change(recipe, tmp_path):
    folder = TrialsFolder(tmp_path / "out")
    base = load_recipe(recipe)
    with folder.claimed(base, "tune", {}):
        plan = read_json(folder.plan)
    del plan["recipe"]["training"]["keep"]
    write_json(folder.plan, plan)
    with folder.claimed(base, "tune", {}):
        pass
    plan["recipe"]["training"]["unheard_of"] = 1
    write_json(folder.plan, plan)
    with (
        pytest.raises(ConfigurationError, match="training of the recipe have changed"),
        folder.claimed(base, "tune", {}),
    ):
        pass


def test_a_folder_that_holds_something_else_is_refused(recipe, tmp_path):
    folder = TrialsFolder(tmp_path)
    with (
        pytest.raises(ConfigurationError, match="holds something else; `bioweave tune` wants"),
        folder.claimed(load_recipe(recipe), "tune", {}),
    ):
        pass
    assert not folder.plan.exists()


@pytest.mark.parametrize("left", [[], [".plan.json.partial"], ["plan.json"]])
def test_a_claim_that_was_killed_is_made_again(recipe, tmp_path, left):
    folder = TrialsFolder(tmp_path / "out")
    base = load_recipe(recipe)
    with folder.claimed(base, "tune", {}):
        pass
    plan = folder.plan.read_text()
    folder.recipe.unlink()
    folder.plan.unlink()
    for name in left:
        (folder.path / name).write_text(plan if name == "plan.json" else plan[:20])
    with folder.claimed(base, "tune", {}):
        assert folder.plan.read_text() == plan
        assert load_recipe(folder.recipe) == base


def test_a_trial_that_was_run_by_other_settings_is_refused(recipe, tmp_path):
    folder = TrialsFolder(tmp_path / "out")
    with folder.claimed(load_recipe(recipe), "tune", {}):
        run = folder.run("a")
        run.mkdir(parents=True)
        (run / "recipe.toml").write_text("cut sho")
        folder.check_unchanged([Trial("a")])
        (run / "recipe.toml").write_bytes(folder.recipe.read_bytes())
        write_json(run / "run.json", {})
        folder.check_unchanged([Trial("a"), Trial("b", ("seed=4",))])
        with pytest.raises(ConfigurationError, match="run by other settings"):
            folder.check_unchanged([Trial("a", ("seed=4",))])
        with pytest.raises(ConfigurationError, match="measured on nothing"):
            folder.check_unchanged([Trial("c", ("corpora.sample.evaluate=false",))])


def test_files_are_whole_or_not_there(tmp_path):
    path = tmp_path / "a.json"
    assert read_json(path) is None
    write_json(path, {"é": 1})
    assert read_json(path) == {"é": 1}
    path.write_text('{"é": ')
    assert read_json(path) is None
    write_whole(path, b"2")
    assert read_json(path) == 2
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(ValueError, match="JSON"):
        write_json(path, float("nan"))
    assert read_json(path) == 2


def test_of_a_killed_run_what_is_whole_stays(tmp_path):
    run = tmp_path / "run"
    discard_fragments(run)
    for name in ("checkpoint-5", "checkpoint-10"):
        (run / "checkpoints" / name).mkdir(parents=True)
    write_json(run / "run.json", {"status": "unfinished"})
    write_json(run / "checkpoints" / "checkpoint-5" / "trainer_state.json", {})
    (run / "checkpoints" / "checkpoint-10" / "trainer_state.json").write_text("{")
    discard_fragments(run)
    assert [path.name for path in (run / "checkpoints").iterdir()] == ["checkpoint-5"]
    (run / "run.json").write_text("{")
    discard_fragments(run)
    assert not run.exists()


def test_one_command_at_a_time(tmp_path):
    with (
        alone_in(tmp_path),
        pytest.raises(ConfigurationError, match="another command is at work"),
        alone_in(tmp_path),
    ):
        pass
    with alone_in(tmp_path):
        pass


WORKER = """
import sys
from pathlib import Path
from bioweave.experiments.runs.locks import enter_as_worker
held = enter_as_worker(Path(sys.argv[1]))
print("at work", flush=True)
sys.stdin.read()
"""


def test_a_command_waits_for_the_workers_of_one_that_was_killed(tmp_path, monkeypatch):
    monkeypatch.setattr("bioweave.experiments.runs.locks._SECONDS_FOR_WORKERS", 0.2)
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdout.readline() == "at work\n"
        with pytest.raises(ConfigurationError, match="still at work"), alone_in(tmp_path):
            pass
        worker.kill()
    with alone_in(tmp_path):
        pass
