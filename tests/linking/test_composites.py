from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.linking.composites import readings


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("breast and ovarian cancer", ("breast cancer", "ovarian cancer")),
        ("breast, ovarian, and lung cancer", ("breast cancer", "ovarian cancer", "lung cancer")),
        ("anxiety and depression", ("anxiety", "depression")),
        ("deficiency of C6 and C7", ("deficiency of C6", "deficiency of C7")),
        ("adeno- and squamous carcinoma", ("adenocarcinoma", "squamous carcinoma")),
        ("hepatic/renal failure", ("hepatic failure", "renal failure")),
        ("breast (BC) and ovarian cancer", ("breast cancer", "ovarian cancer")),
    ],
)
def test_the_meant_reading_is_among_them(text: str, reading: tuple[str, ...]) -> None:
    assert reading in readings(text)


@pytest.mark.parametrize("text", ["gout", "cancer of the breast", "(a, b)", "and", "", ", and"])
def test_what_joins_nothing_has_no_readings(text: str) -> None:
    assert readings(text) == []


def test_long_lists_are_left_alone() -> None:
    assert readings(", ".join("abcdefgh")) == []


@given(st.text(max_size=60))
def test_readings_are_distinct_lists_of_at_least_two_names(text: str) -> None:
    found = readings(text)
    assert len(set(found)) == len(found)
    assert all(len(reading) >= 2 and all(part.strip() for part in reading) for reading in found)
