from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.features.seen_words import SeenWords


class Counter:
    """Computes a word's length and first letter, and remembers what it was asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, words):
        self.asked += words
        return np.array([self.row(word) for word in words], dtype=np.int32).reshape(-1, 2)

    @staticmethod
    def row(word):
        return [0, 0] if word is None else [len(word), ord((word + " ")[0])]


def test_a_word_is_computed_once():
    compute = Counter()
    seen = SeenWords(compute, n_columns=2)
    assert seen[["beta", "a", None, "beta"]].tolist() == [[4, 98], [1, 97], [0, 0], [4, 98]]
    assert seen[["a", "cell"]].tolist() == [[1, 97], [4, 99]]
    assert compute.asked == ["beta", "a", "cell"]


@given(
    st.lists(st.lists(st.none() | st.text("abc", max_size=2), max_size=12), max_size=8),
    st.integers(0, 6),
)
def test_a_small_memory_gives_the_same_rows(queries, capacity):
    seen = SeenWords(Counter(), n_columns=2, capacity=capacity)
    for words in queries:
        assert seen[words].tolist() == [Counter.row(word) for word in words]


@pytest.mark.parametrize("capacity", [5, 1000])
def test_threads_may_share_it(capacity):
    seen = SeenWords(Counter(), n_columns=2, capacity=capacity)
    queries = [[f"{chr(97 + i % 26)}{'x' * (i % j)}" for i in range(40)] for j in range(1, 60)]
    with ThreadPoolExecutor(8) as pool:
        for words, rows in zip(queries, pool.map(seen.__getitem__, queries), strict=True):
            assert rows.tolist() == [Counter.row(word) for word in words]
