from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bioweave.relating.evidence import evidence

numbers = st.lists(st.integers(0, 20), min_size=1, max_size=12)


@given(numbers, numbers, st.integers(1, 400))
def test_each_group_has_both_ends_and_none_of_their_sentences_is_lost(
    heads: list[int], tails: list[int], room: int
) -> None:
    def cost(group: object) -> int:
        return 30 * len(group)  # type: ignore[arg-type]

    groups = evidence(heads, tails, cost, room)
    assert {sentence for group in groups for sentence in group} == {*heads, *tails}
    for group in groups:
        assert list(group) == sorted(set(group))
        assert set(group) & set(heads) and set(group) & set(tails)
        assert cost(group) <= room or len(group) <= 2
    assert len(groups) <= len({*heads, *tails})
    assert len(set(groups)) == len(groups)


def test_what_fits_is_one_group() -> None:
    assert evidence([7, 1], [3, 1], lambda group: len(group), 3) == [(1, 3, 7)]


def test_the_nearest_sentence_joins_and_of_two_the_earlier() -> None:
    assert evidence([5], [3, 7], lambda group: len(group), 2) == [(3, 5), (5, 7)]
    assert evidence([0, 6], [3], lambda group: len(group), 2) == [(0, 3), (3, 6)]
