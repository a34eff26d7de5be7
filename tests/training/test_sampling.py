from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bioweave.training.sampling import LengthBatches

lengths = st.lists(st.integers(1, 128), min_size=1, max_size=200)


@given(lengths, st.integers(1, 9), st.integers(0, 3))
def test_every_window_comes_once_an_epoch(sizes: list[int], batch_size: int, epoch: int) -> None:
    batches = LengthBatches(sizes, batch_size=batch_size, seed=1, weights=[1.0] * len(sizes))
    batches.set_epoch(epoch)
    drawn = list(batches)
    assert sorted(index for batch in drawn for index in batch) == list(range(len(sizes)))
    assert all(1 <= len(batch) <= batch_size for batch in drawn)


@given(lengths, st.integers(1, 9))
def test_the_order_depends_on_seed_and_epoch_alone(sizes: list[int], batch_size: int) -> None:
    def order(epoch: int) -> list[list[int]]:
        batches = LengthBatches(sizes, batch_size=batch_size, seed=1, weights=[1.0] * len(sizes))
        batches.set_epoch(epoch)
        return list(batches)

    assert order(2) == order(2)


def test_another_epoch_is_another_order() -> None:
    batches = LengthBatches(list(range(64)), batch_size=4, seed=1, weights=[1.0] * 64)
    first = list(batches)
    batches.set_epoch(1)
    assert list(batches) != first


def test_batches_hold_windows_of_similar_length() -> None:
    sizes = np.random.default_rng(0).integers(1, 129, size=1024).tolist()
    batches = LengthBatches(sizes, batch_size=16, seed=1, weights=[1.0] * 1024)
    spread = [max(sizes[i] for i in batch) - min(sizes[i] for i in batch) for batch in batches]
    assert np.mean(spread) < 8  # a random batch spreads over more than 100


def test_weights_say_how_often_a_window_is_seen() -> None:
    batches = LengthBatches([8] * 300, batch_size=10, seed=3, weights=[0.5] * 200 + [2.25] * 100)
    assert len(batches) == len(list(batches)) == 33  # 100 + 225 windows
    seen: Counter[int] = Counter()
    for epoch in range(40):
        batches.set_epoch(epoch)
        for batch in batches:
            seen.update(batch)
    assert 0.4 < sum(seen[i] for i in range(200)) / (200 * 40) < 0.6
    assert 2.15 < sum(seen[i] for i in range(200, 300)) / (100 * 40) < 2.35
