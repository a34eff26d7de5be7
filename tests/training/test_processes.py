"""Several processes learn what one does, fail together, and leave one word."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from process_parts import fail, squares, talk

from bioweave.errors import ConfigurationError, ProcessError
from bioweave.training import train
from bioweave.training.beginning import seed_dropout
from bioweave.training.folder import RunFolder
from bioweave.training.launch import launch
from bioweave.training.processes import (
    from_main_process,
    is_main_process,
    n_processes,
    require_same,
    shared_out,
)

pytestmark = [
    # transformers and torch about themselves.
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

# Nothing is drawn while it learns: what is left to differ is how sums are rounded. Seven windows
# are four and three for two processes, whose means weigh differently.
SETTINGS = (
    "training.epochs=6",
    "training.batch_size=7",
    "training.encoder_dropout=0.0",
    "model.dropout=0.0",
    "training.evaluate_every=9",
    "training.keep_checkpoints=9",
    "training.keep=last",
)
TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2")

Numbers = Callable[[Path], list[float]]


@pytest.fixture
def alone(recipe: Path, tmp_path: Path) -> Path:
    """The run of one process."""
    train(recipe, tmp_path / "alone", overrides=SETTINGS)
    return tmp_path / "alone"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("others", "tolerance"),
    [
        ((), 1e-4),
        # 8 bits of mantissa, and sums in another order.
        (
            (
                "training.precision=bf16",
                "training.batch_size=3",
                "training.gradient_accumulation=2",
            ),
            0.02,
        ),
    ],
)
def test_under_torchrun_the_loss_curve_is_that_of_one_process(
    recipe: Path, tmp_path: Path, others: tuple[str, ...], tolerance: float
) -> None:
    settings = (*SETTINGS, *others)
    record = train(recipe, tmp_path / "alone", overrides=settings)
    ended = _torchrun(recipe, tmp_path / "together", settings)
    assert ended.returncode == 0, ended.stderr
    # One process speaks: a second one's record would be no JSON behind the first.
    assert json.loads(ended.stdout)["status"] == "finished"
    assert ended.stderr.count("documents to learn from") == 1
    assert (tmp_path / "together/checkpoints/checkpoint-9/rng_state_1.pth").is_file()
    ours, theirs = (_losses(tmp_path / name) for name in ("alone", "together"))
    assert len(ours) > 1
    assert theirs == pytest.approx(ours, rel=tolerance)
    difference = RunFolder(tmp_path / "together").read_record()["dev"]["strict_f1"]
    assert difference == pytest.approx(record["dev"]["strict_f1"], abs=max(tolerance, 1e-9))


@pytest.mark.slow
def test_a_run_goes_on_in_another_number_of_processes(
    recipe: Path, alone: Path, tmp_path: Path, numbers_of: Numbers
) -> None:
    whole = np.array(numbers_of(alone))

    _cut_back(alone, tmp_path / "one-then-two", step=18)
    train(
        recipe,
        tmp_path / "one-then-two",
        # Seven windows at once, or one after the other.
        overrides=(
            *SETTINGS,
            "training.processes=2",
            "training.batch_size=1",
            "training.gradient_accumulation=7",
        ),
        resume=True,
    )
    assert np.abs(np.array(numbers_of(tmp_path / "one-then-two")) - whole).max() < 1e-3

    ended = _torchrun(recipe, tmp_path / "two", SETTINGS)
    assert ended.returncode == 0, ended.stderr
    _cut_back(tmp_path / "two", tmp_path / "two-then-one", step=18)
    train(recipe, tmp_path / "two-then-one", overrides=SETTINGS, resume=True)
    assert np.abs(np.array(numbers_of(tmp_path / "two-then-one")) - whole).max() < 1e-3


def test_batches_one_after_the_other_teach_what_a_large_one_does(
    recipe: Path, tmp_path: Path, numbers_of: Numbers
) -> None:
    learned = []
    # 80 windows: two are left for the last step, and an empty batch among three.
    for size, parts in ((6, 1), (3, 2), (2, 3)):
        run = tmp_path / f"{parts}-parts"
        cut = (f"training.batch_size={size}", f"training.gradient_accumulation={parts}")
        train(recipe, run, overrides=(*SETTINGS, "training.evaluate_every=0", *cut))
        learned.append(np.array(numbers_of(run)))
    untrained = np.abs(learned[0]).max()
    assert untrained > 0.5
    assert np.abs(learned[1] - learned[0]).max() < 1e-3
    assert np.abs(learned[2] - learned[0]).max() < 1e-3


@pytest.mark.slow
def test_what_goes_wrong_under_torchrun_is_said_once(recipe: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("precious")
    ended = _torchrun(recipe, tmp_path / "full", SETTINGS)
    assert ended.returncode != 0
    assert ended.stdout == ""
    assert ended.stderr.count("not empty; choose a new folder") == 1
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.txt"]


@pytest.mark.slow
def test_ctrl_c_ends_all_processes_and_the_run_goes_on_afterwards(
    recipe: Path, tmp_path: Path
) -> None:
    long = ["training.epochs=500", "training.evaluate_every=5", "training.processes=2"]
    running = subprocess.Popen(
        [
            *(sys.executable, "-m", "bioweave", "train", recipe, "-o", tmp_path / "run"),
            *_set(long),
        ],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    folder = RunFolder(tmp_path / "run")
    while folder.last_checkpoint() is None and running.poll() is None:
        time.sleep(0.1)
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate()
    assert running.returncode == 130, said
    assert said.count("interrupted: what was written stays") >= 1
    assert "Traceback" not in said
    assert _has_ended(running.pid)
    assert folder.last_checkpoint() is not None
    assert not folder.is_finished


@pytest.mark.slow
def test_processes_share_work_out_and_agree(tmp_path: Path) -> None:
    launch(talk, (tmp_path,), n_processes=2)
    told = [json.loads((tmp_path / f"{place}.json").read_text()) for place in range(2)]
    assert told[0] == {"made": [0, 2], "squares": [0, 1, 4, 9, 16], "none": []}
    assert told[1] == told[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fails", "complaint"),
    [
        ("main", "what only the main process can see"),
        ("other", "what only another process can see"),
        ("differ", "process 1 has other training data than process 0"),
    ],
)
def test_an_error_of_one_process_ends_all_and_is_raised(fails: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        launch(fail, (fails,), n_processes=2)


@pytest.mark.slow
def test_a_process_that_is_killed_takes_the_others_with_it() -> None:
    with pytest.raises(ProcessError, match=r"process 1 of 2 was killed \(SIGKILL;"):
        launch(fail, ("killed",), n_processes=2)


def test_alone_there_is_nobody_to_ask() -> None:
    assert from_main_process(lambda: 3) == 3
    assert shared_out(squares, [1, 2, 3]) == [1, 4, 9]
    require_same(lambda: pytest.fail("nobody to compare with"), "anything")
    assert is_main_process()
    assert n_processes() == 1


def test_each_process_draws_dropout_of_its_own(tmp_path: Path) -> None:
    def drawn(process: int, checkpoint: Path | None) -> float:
        torch.manual_seed(3)
        seed_dropout(3, process, checkpoint)
        return float(torch.rand(()))

    torch.manual_seed(3)
    as_seeded = float(torch.rand(()))
    assert drawn(0, None) == as_seeded
    places = [
        (0, None),
        (1, None),
        (2, None),
        (0, tmp_path / "checkpoint-20"),
        (1, tmp_path / "checkpoint-20"),
        (1, tmp_path / "checkpoint-40"),
    ]
    assert len({drawn(*place) for place in places}) == len(places)
    assert drawn(1, None) == drawn(1, None)


def _torchrun(recipe: Path, out: Path, settings: Sequence[str]) -> subprocess.CompletedProcess[str]:
    command = [*TORCHRUN, "-m", "bioweave", "train", recipe, "-o", out, "--json", *_set(settings)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def _has_ended(group: int, seconds: float = 60.0) -> bool:
    """Whether nobody of a group of processes is left; what cleans up after them takes a moment."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def _set(settings: Sequence[str]) -> list[str]:
    return [word for one in settings for word in ("--set", one)]


def _losses(run: Path) -> list[float]:
    lines = (run / "steps.jsonl").read_text().splitlines()
    return [json.loads(line)["loss"] for line in lines]


def _cut_back(run: Path, to: Path, *, step: int) -> None:
    """A copy of a run as it was when it had come so far."""
    shutil.copytree(run, to)
    for path in (to / "checkpoints").iterdir():
        if int(path.name.rpartition("-")[2]) > step:
            shutil.rmtree(path)
    folder = RunFolder(to)
    folder.weights.unlink()
    folder.write_record(folder.read_record() | {"status": "unfinished"})
    assert folder.last_checkpoint() == to / "checkpoints" / f"checkpoint-{step}"
