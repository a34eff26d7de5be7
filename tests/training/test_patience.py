"""Patience: the same as counting along, wherever a run is taken up again."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import TrainerControl, TrainerState

from bioweave.training import run, train
from bioweave.training.patience import Patience, epochs_until_stop, is_exhausted
from bioweave.training.trainer import RunTrainer


def counted_along(scores: list[float], n: int) -> bool:
    """What `EarlyStoppingCallback` counts in a run that nothing disturbs."""
    best, waited = float("-inf"), 0
    for score in scores:
        waited = 0 if score > best else waited + 1
        best = max(best, score)
    return waited >= n


@given(st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.3]), min_size=1), st.integers(1, 4))
def test_history_tells_as_much_as_counting_along(scores, n):
    assert is_exhausted(scores, n) == counted_along(scores, n)


def test_a_resumed_run_knows_how_long_it_has_waited(tmp_path):
    history = [{"loss": 1.0}, {"f1": 0.5}, {"f1": 0.4}, {"loss": 0.9}]
    state, control = TrainerState(log_history=history), TrainerControl()
    patience = Patience(2, "f1")
    patience.on_evaluate(None, state, control)
    assert not control.should_training_stop
    (tmp_path / "trainer_state.json").write_text(json.dumps({"log_history": history, "epoch": 2}))
    assert epochs_until_stop(tmp_path, 2, "f1") is None
    history.append({"f1": 0.5})
    Patience(2, "f1").on_evaluate(None, state, control)
    assert control.should_training_stop
    (tmp_path / "trainer_state.json").write_text(json.dumps({"log_history": history, "epoch": 3}))
    assert epochs_until_stop(tmp_path, 2, "f1") == 3.0
    assert epochs_until_stop(tmp_path, 0, "f1") is None


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("when", ["while it waits", "when it has stopped"])
def test_a_run_that_is_killed_waits_no_longer(recipe, tmp_path, numbers_of, monkeypatch, when):
    # Rates at which nothing is learned: no score is better than the first.
    rates = ["training.head_learning_rate=1e-9", "training.encoder_learning_rate=1e-9"]
    settings = [*rates, "training.patience=2", "training.epochs=6", "corpora.sample.documents=8"]
    train(recipe, tmp_path / "whole", overrides=settings)

    def dies(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    def dies_waiting(self, *arguments):
        if self.state.epoch >= 2:
            raise KeyboardInterrupt
        return step(self, *arguments)

    step = RunTrainer.training_step
    with monkeypatch.context() as patch:
        if when == "while it waits":
            patch.setattr(RunTrainer, "training_step", dies_waiting)
        else:
            patch.setattr(run, "finish_run", dies)
        with pytest.raises(KeyboardInterrupt):
            train(recipe, tmp_path / "killed", overrides=settings)
    train(recipe, tmp_path / "killed", overrides=settings, resume=True)
    whole, killed = (
        list(map(json.loads, (tmp_path / name / "epochs.jsonl").read_text().splitlines()))
        for name in ("whole", "killed")
    )
    assert killed == whole
    assert len(whole) == 3
    assert numbers_of(tmp_path / "killed") == numbers_of(tmp_path / "whole")
