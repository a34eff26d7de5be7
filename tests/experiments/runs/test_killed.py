"""Commands that are killed at random moments, and called again, come to the same as undisturbed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bioweave.cli.main import app

SCRIPT = Path(__file__).parents[2] / "support" / "killed_commands.py"
SPACE = """
[[parameters]]
key = "training.head_learning_rate"
low = 1e-3
high = 3e-2
log = true

[[parameters]]
key = "training.epochs"
low = 1
high = 3
"""
N_KILLS = 4
# Each goes on from where the one before was: late moments would find it at its end.
LATEST = 0.35
SHORT = ["--set", "corpora.sample.documents=16", "--set", "training.epochs=2"]
COMMANDS = {
    "cross-validate": ["--folds", "2", *SHORT],
    "ablate": ["--switch", "softmax", "--switch", "single-task", "--seeds", "5", *SHORT],
    "tune": ["--trials", "5", "--startup-trials", "2", "--confirm", "7", *SHORT[:2]],
}


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="killed processes are forked here")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_killed_command_comes_to_the_same(command, recipe, tmp_path):
    recipe.with_suffix(".space.toml").write_text(SPACE)
    whole, left = tmp_path / "whole", tmp_path / "left"
    seed = random.SystemRandom().randrange(10**6)
    told = kill_and_rerun(
        seed, N_KILLS, LATEST, whole, left, [command, str(recipe), "-o", "OUT", *COMMANDS[command]]
    )
    print(f"seed {seed}: {told}")  # shown where the test fails
    assert told["statuses"][0] == told["statuses"][-1] == 0
    assert set(told["statuses"]) <= {0, -9}
    assert -9 in told["statuses"]
    undisturbed = json.loads((whole / "summary.json").read_text())
    killed = json.loads((left / "summary.json").read_text())
    assert without_seconds(killed) == without_seconds(undisturbed)
    for name in FILES[command]:
        assert (left / name).read_bytes() == (whole / name).read_bytes(), name
    assert not list(left.rglob("*.partial"))


FILES = {
    "cross-validate": ["out-of-fold.jsonl", "out-of-fold.npz", "cross-validation.md"],
    "ablate": ["ablation.md", "ablation.png"],
    "tune": ["best.toml", "tuning.md", "tuning.png"],
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="killed by a signal")
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_side_by_side_and_killed_it_is_the_same_as_one_after_the_other(recipe, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    command = ["cross-validate", str(recipe), *COMMANDS["cross-validate"], "-o"]
    done = CliRunner().invoke(app, [*command, str(one)])
    assert done.exit_code == 0, done.output
    words = [sys.executable, "-m", "bioweave.cli", *command, str(two), "--jobs", "2"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(words, env=environment, stderr=subprocess.DEVNULL) as process:
        # Records are written when training begins.
        while process.poll() is None and len(list(two.glob("runs/*/run.json"))) < 2:
            time.sleep(0.01)
        process.kill()
    assert process.returncode == -9
    assert not (two / "summary.json").exists()
    # Workers of the killed command end by themselves, or this would not get in.
    again = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    summaries = [json.loads((path / "summary.json").read_text()) for path in (one, two)]
    assert without_seconds(summaries[0]) == without_seconds(summaries[1])


def kill_and_rerun(
    seed: int, n_kills: int, latest: float, whole: Path, left: Path, command: list[str]
) -> dict[str, Any]:
    """What `killed_commands` says of a command."""
    done = subprocess.run(
        [
            sys.executable,
            str(SCRIPT),
            *(str(seed), str(n_kills), str(latest), str(whole), str(left)),
            *command,
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert set(told["statuses"]) <= {0, -9}, done.stderr
    return told


def without_seconds(value: Any) -> Any:
    """What a command came to, whatever it took."""
    if isinstance(value, dict):
        return {key: without_seconds(one) for key, one in value.items() if key != "seconds"}
    return [without_seconds(one) for one in value] if isinstance(value, list) else value
