"""`pretrain`: options reach the room that trains, and mistakes are one line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bioweave.cli.main import app
from bioweave.training import pretraining
from bioweave.training.pretraining.settings import PretrainingSettings

RECORD = {"perplexity": {"before": 90.0, "after": 8.125}, "steps": 1200}
CALL = ["pretrain", "minilm", "--text", "t.txt", "-o", "new"]


@pytest.fixture
def asked(monkeypatch):
    """What a `pretrain` that does nothing was asked for."""
    calls: list[tuple[object, ...]] = []

    def pretrain(encoder, text, out, settings, *, watcher, **others):
        watcher.say("a [bracket] stays as it is")
        watcher.show(1, 2, "steps")
        calls.append((encoder, text, out, settings, others))
        return RECORD

    monkeypatch.setattr(pretraining, "pretrain", pretrain, raising=False)
    return calls


def test_defaults_are_those_of_the_settings(asked):
    shown = CliRunner().invoke(app, CALL)
    assert shown.exit_code == 0
    assert shown.stdout == "new: held-out perplexity 90.00 before, 8.12 after 1,200 steps\n"
    assert shown.stderr == "a [bracket] stays as it is\n"
    others = {"device": "auto", "checkpoint_minutes": 10.0, "resume": False}
    assert asked == [("minilm", Path("t.txt"), Path("new"), PretrainingSettings(), others)]


def test_options_reach_pretraining(asked):
    options = (
        "--max-pieces 64 --batch-size 4 --accumulate 2 --steps 7 --epochs 2 --learning-rate 3e-4 "
        "--head-learning-rate 1e-2 --head-alone 0.1 --warm-up 0.2 --mask-share 0.2 "
        "--held-out 0.01 --evaluations 3 --precision fp32 --seed 5 --device cpu "
        "--checkpoint-minutes 1.5 --resume --json"
    )
    shown = CliRunner().invoke(app, [*CALL, *options.split()])
    assert json.loads(shown.stdout) == RECORD
    settings = PretrainingSettings(
        max_pieces=64,
        batch_size=4,
        accumulate=2,
        steps=7,
        epochs=2.0,
        learning_rate=3e-4,
        head_learning_rate=1e-2,
        head_alone=0.1,
        warm_up=0.2,
        mask_share=0.2,
        held_out=0.01,
        evaluations=3,
        precision="fp32",
        seed=5,
    )
    others = {"device": "cpu", "checkpoint_minutes": 1.5, "resume": True}
    assert asked == [("minilm", Path("t.txt"), Path("new"), settings, others)]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([*CALL, "--mask-share", "2"], "error: mask-share is 2.0"),
        ([*CALL], "error: t.txt: cannot be opened"),
        (CALL[:2], "Missing option '--text'"),
        (CALL[:4], "Missing option '-o'"),
        ([*CALL, "--precision", "int8"], "'int8' is not one of 'bf16', 'fp32'"),
    ],
)
def test_mistakes_are_bad_input(arguments, complaint, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 2
    # typer breaks its own messages within a frame as wide as the terminal.
    assert complaint in " ".join(shown.stderr.replace("│", " ").split())
    assert not (tmp_path / "new").exists()


def test_missing_torch_names_the_extra():
    code = (
        f"import sys; sys.modules['torch'] = None\nfrom bioweave.cli.main import app; app({CALL!r})"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert finished.returncode == 2
    assert "pip install 'bioweave[train]'" in finished.stderr
    assert "Traceback" not in finished.stderr
