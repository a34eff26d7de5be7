"""`train` and `export`: options reach the training room, and its absence is explained."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bioweave import training
from bioweave.cli.main import app
from bioweave.training.watcher import Watcher


def test_options_reach_training(monkeypatch):
    asked: list[tuple[object, ...]] = []

    def train(
        recipe: Path,
        out: Path,
        *,
        overrides: list[str],
        resume: bool,
        watcher: Watcher,
        card: object,
    ) -> dict[str, object]:
        watcher.say("step 1 of 2")
        asked.append((recipe, out, overrides, resume))
        return {"dev": {"strict_f1": 0.81234}}

    monkeypatch.setattr(training, "train", train, raising=False)
    arguments = ["train", "r.toml", "-o", "run", "--set", "seed=2", "--set", "a.b=c", "--resume"]
    shown = CliRunner().invoke(app, arguments)
    assert (shown.exit_code, shown.stdout) == (0, "run: strict F1 on dev 0.8123\n")
    as_json = CliRunner().invoke(app, ["train", "r.toml", "-o", "run", "--json"])
    assert json.loads(as_json.stdout) == {"dev": {"strict_f1": 0.81234}}
    assert asked == [
        (Path("r.toml"), Path("run"), ["seed=2", "a.b=c"], True),
        (Path("r.toml"), Path("run"), [], False),
    ]


def test_options_reach_export(monkeypatch):
    asked: list[tuple[Path, Path, bool]] = []

    def export_run(run: Path, out: Path, quantised: bool) -> dict[str, dict[str, float]]:
        asked.append((run, out, quantised))
        return {"fp32": {"strict_f1": 0.9}, "int8": {"strict_f1": 0.89876}}

    monkeypatch.setattr(training, "export_run", export_run, raising=False)
    shown = CliRunner().invoke(app, ["export", "run", "-o", "bundle"])
    assert shown.exit_code == 0
    assert "int8: strict F1 on dev 0.8988\n" in shown.stdout
    as_json = CliRunner().invoke(app, ["export", "run", "-o", "bundle", "--fp32", "--json"])
    assert json.loads(as_json.stdout)["dev"]["fp32"] == {"strict_f1": 0.9}
    assert asked == [(Path("run"), Path("bundle"), True), (Path("run"), Path("bundle"), False)]


@pytest.mark.parametrize("command", ["train r.toml -o run", "export run -o bundle"])
def test_missing_torch_names_the_extra(command):
    code = (
        "import sys; sys.modules['torch'] = None\n"
        f"from bioweave.cli.main import app; app({command.split()!r})"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert finished.returncode == 2
    assert "pip install 'bioweave[train]'" in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize("command", ["train", "export"])
def test_output_has_to_be_named(command):
    result = CliRunner().invoke(app, [command, "something"])
    assert result.exit_code == 2
    assert "-o" in result.stderr
