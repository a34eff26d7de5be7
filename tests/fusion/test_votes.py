"""Votes over whole mentions."""

import pytest

from bioweave.fusion import PooledSpan, Vote, vote

GOUT = PooledSpan(0, 1, "Disease", 0.9)
LONG = PooledSpan(0, 2, "Disease", 0.6)


def test_only_the_same_extent_and_label_is_the_same_vote() -> None:
    votes = vote([[GOUT], [LONG], [GOUT._replace(label="Gene")]], [[], [], []], [0.5, 0.25, 0.25])
    assert votes == [
        Vote(0, 1, "Disease", 0.5, pytest.approx(0.45)),
        Vote(0, 1, "Gene", 0.25, pytest.approx(0.225)),
        Vote(0, 2, "Disease", 0.25, pytest.approx(0.15)),
    ]


def test_what_was_considered_adds_confidence_and_no_vote() -> None:
    [one] = vote([[GOUT], []], [[], [GOUT._replace(confidence=0.3)]], [0.5, 0.5])
    assert one.share == 0.5
    assert one.confidence == pytest.approx(0.6)


def test_nobody_finds_nothing() -> None:
    assert vote([[], []], [[GOUT], []], [0.5, 0.5]) == []
