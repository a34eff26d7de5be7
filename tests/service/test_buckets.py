"""Token buckets: no client is ever given more than its burst and its rate."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.service.admission.buckets import Buckets


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


CAPACITIES = st.floats(1, 1e6)
RATES = st.floats(0.01, 1e5)
PAUSES = st.floats(0, 300)


@given(
    CAPACITIES,
    RATES,
    st.lists(st.tuples(PAUSES, st.sampled_from("ab"), st.floats(0, 2e6)), max_size=60),
)
def test_between_any_two_moments_no_more_is_given_than_promised(capacity, rate, asked) -> None:
    clock = Clock()
    buckets = Buckets(capacity, rate, clock=clock)
    given_at: list[tuple[float, str, float]] = []
    for pause, client, amount in asked:
        clock.now += pause
        if buckets.take(client, amount).is_given:
            given_at.append((clock.now, client, amount))
    for client in "ab":
        own = [(at, amount) for at, name, amount in given_at if name == client]
        for first in range(len(own)):
            total = largest = 0.0
            for at, amount in own[first:]:
                total, largest = total + amount, max(largest, amount)
                promised = max(capacity, largest) + rate * (at - own[first][0])
                assert total <= promised * (1 + 1e-6) + 1e-6


@given(CAPACITIES, RATES, st.floats(0, 1e6), st.floats(0, 1e6))
def test_what_is_refused_is_given_after_the_wait_that_is_told(capacity, rate, first, second):
    clock = Clock()
    buckets = Buckets(capacity, rate, clock=clock)
    buckets.take("a", first)
    refused = buckets.take("a", second)
    if refused.is_given:
        assert refused.wait == 0
        return
    assert refused.wait > 0
    clock.now += refused.wait * (1 + 1e-9) + 1e-6
    assert buckets.take("a", second).is_given


@given(st.integers(1, 50), st.integers(1, 600))
def test_a_fresh_client_has_its_burst_and_not_one_more(capacity, rate) -> None:
    buckets = Buckets(capacity, rate / 60, clock=Clock())
    left = [buckets.take("a").left for _ in range(capacity)]
    assert left == list(reversed(range(capacity)))
    refused = buckets.take("a")
    assert not refused.is_given and refused.wait == pytest.approx(60 / rate)
    assert math.isclose(refused.full_after, capacity * 60 / rate, rel_tol=1e-6)
    # Whom it is refused to does not count for others, nor against itself.
    assert buckets.take("b").is_given and buckets.take("a").wait == refused.wait


def test_looking_takes_nothing() -> None:
    buckets = Buckets(2, 1, clock=Clock())
    assert [buckets.look("a").is_given for _ in range(5)] == [True] * 5
    assert len(buckets) == 0
    buckets.take("a", 2)
    assert not buckets.look("a").is_given


def test_what_is_larger_than_the_bucket_is_paid_for_after() -> None:
    clock = Clock()
    buckets = Buckets(100, 10, clock=clock)
    assert buckets.take("a", 1_000).is_given
    told = buckets.take("a", 1)
    assert not told.is_given and told.wait == pytest.approx(90.1)


def test_the_table_is_bounded_and_forgets_who_was_longest_away() -> None:
    buckets = Buckets(1, 1, most=100, clock=Clock())
    for number in range(1_000):
        buckets.take(str(number))
    assert len(buckets) == 100
    assert not buckets.take("999").is_given and not buckets.take("900").is_given
    assert buckets.take("899").is_given


def test_what_is_given_back_was_never_taken() -> None:
    clock = Clock()
    buckets = Buckets(3, 1, clock=clock)
    for _ in range(10):
        assert buckets.take("a").is_given
        buckets.give_back("a")
    assert buckets.look("a").left == 3
    buckets.give_back("unknown")
    assert len(buckets) == 1
