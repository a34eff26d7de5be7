"""Patience: the same as counting along, wherever a run is taken up again."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from transformers import TrainerControl, TrainerState

from bioweave.training.patience import Patience, epochs_until_stop, is_exhausted


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
