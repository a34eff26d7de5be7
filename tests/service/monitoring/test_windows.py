from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from bioweave.service.monitoring.signals import Signal
from bioweave.service.monitoring.windows import RollingWindow

SIGNALS = (
    Signal("labels", "Labels", "mentions", ("a", "b", "c")),
    Signal("length", "Length", "documents", ("short", "long")),
)


@given(
    st.integers(1, 40),
    st.lists(st.lists(st.integers(0, 2), max_size=4), max_size=120),
)
def test_the_window_holds_the_last_documents_and_a_tenth_more_at_most(size, found) -> None:
    window = RollingWindow(SIGNALS, size, 3600)
    every: deque = deque()
    for places in found:
        window.add({"labels": places, "length": [len(places) % 2]})
        every.append(places)
        kept = list(every)[-window.n_documents :]
        assert min(size, len(every)) <= window.n_documents <= size + max(1, size // 10)
        counts = window.counts()
        assert counts["labels"].tolist() == [sum(p.count(bin) for p in kept) for bin in range(3)]
        assert counts["length"].sum() == len(kept)


def test_documents_that_are_too_old_go() -> None:
    now = [0.0]
    window = RollingWindow(SIGNALS, 20, 60, clock=lambda: now[0])
    for _ in range(4):
        window.add({"labels": [0]})
    now[0] = 50
    window.add({"labels": [1]})
    assert window.counts()["labels"].tolist() == [4, 1, 0]
    now[0] = 70
    assert window.counts()["labels"].tolist() == [0, 1, 0] and window.n_documents == 1
    now[0] = 200
    assert window.counts()["labels"].tolist() == [0, 0, 0] and window.n_documents == 0
