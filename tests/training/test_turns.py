"""Heads in turn: each sees its own windows alone, for its share of the epochs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bioweave.errors import ConfigurationError
from bioweave.training import load_recipe, train
from bioweave.training.trainer import RunTrainer
from bioweave.training.turns import TurnBatches, TurnCollate


@st.composite
def plans(draw: st.DrawFn) -> TurnBatches:
    n_heads = draw(st.integers(1, 3))
    rows = draw(
        st.lists(
            st.lists(st.booleans(), min_size=n_heads, max_size=n_heads), min_size=1, max_size=20
        )
    )
    rows.append([True] * n_heads)
    weights = draw(st.lists(st.floats(0.1, 3), min_size=len(rows), max_size=len(rows)))
    batches = TurnBatches(
        list(range(len(rows))),
        np.array(rows),
        batch_size=draw(st.integers(1, 4)),
        seed=draw(st.integers(0, 9)),
        weights=weights,
        n_epochs=draw(st.integers(n_heads, 9)),
    )
    return batches


@given(plans())
def test_each_epoch_belongs_to_one_head_and_costs_the_same(batches):
    trains = [head._weights > 0 for head in batches._by_head]
    turns = []
    for epoch in range(batches._n_epochs):
        batches.set_epoch(epoch)
        turns.append(batches.head)
        seen = list(batches)
        assert len(seen) == len(batches)
        assert all(trains[batches.head][row] for batch in seen for row in batch)
        batches.set_epoch(epoch)
        assert list(batches) == seen
    assert turns == sorted(turns)
    counts = [turns.count(head) for head in range(len(trains))]
    assert max(counts) - min(counts) <= 1
    # What `Trainer` asks for after the last epoch is harmless.
    batches.set_epoch(batches._n_epochs)
    assert batches.head == len(trains) - 1


def test_only_the_head_whose_turn_it_is_learns():
    trains = np.array([[True, True], [True, False], [False, True]])
    batches = TurnBatches([3, 2, 1], trains, batch_size=3, seed=0, weights=[1, 1, 1], n_epochs=3)
    collate = TurnCollate(
        lambda rows: {"trains": torch.from_numpy(trains), "tags": torch.zeros(len(rows))}, batches
    )
    found = []
    for epoch in range(3):
        batches.set_epoch(epoch)
        batch = collate([None] * 3)
        assert set(batch) == {"trains", "tags"}
        found.append(batch["trains"].T.tolist())
    first, second = trains.T.tolist()
    assert found == [[first, [False] * 3], [first, [False] * 3], [[False] * 3, second]]


def test_a_head_without_windows_is_an_error():
    with pytest.raises(ConfigurationError, match="no window"):
        TurnBatches([1], np.array([[True, False]]), batch_size=1, seed=0, weights=[1.0], n_epochs=2)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_run_in_turn_trains_one_head_an_epoch_and_resumes(
    recipe, tmp_path, numbers_of, monkeypatch
):
    settings = ["training.heads_in_turn=true", "training.keep=last", "training.epochs=3"]
    learned: list[list[bool]] = []
    step = RunTrainer.training_step

    def watched(self, model, inputs, *rest):
        learned.append(inputs["trains"].any(dim=0).tolist())
        return step(self, model, inputs, *rest)

    monkeypatch.setattr(RunTrainer, "training_step", watched)
    train(recipe, tmp_path / "whole", overrides=settings)
    n_steps = len(learned) // 3
    assert learned == [[True, False]] * (2 * n_steps) + [[False, True]] * n_steps

    def dies(self, *arguments):
        if self.state.global_step == 2 * n_steps + 1:
            raise KeyboardInterrupt
        return step(self, *arguments)

    monkeypatch.setattr(RunTrainer, "training_step", dies)
    with pytest.raises(KeyboardInterrupt):
        train(recipe, tmp_path / "killed", overrides=settings)
    monkeypatch.setattr(RunTrainer, "training_step", step)
    train(recipe, tmp_path / "killed", overrides=settings, resume=True)
    assert numbers_of(tmp_path / "killed") == numbers_of(tmp_path / "whole")


def test_turns_want_an_epoch_each_and_no_patience(recipe: Path):
    with pytest.raises(ConfigurationError, match="cannot be shared out among 2 heads"):
        load_recipe(recipe, ["training.heads_in_turn=true", "training.epochs=1"])
    with pytest.raises(ConfigurationError, match="neither with patience"):
        load_recipe(recipe, ["training.heads_in_turn=true", "training.patience=2"])
