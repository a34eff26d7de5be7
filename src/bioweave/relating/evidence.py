"""Which sentences are read for a pair: those that speak of either end."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def evidence(
    heads: Sequence[int], tails: Sequence[int], cost: Callable[[Sequence[int]], int], room: int
) -> list[tuple[int, ...]]:
    """Groups of sentences, each with a mention of both ends, that together hold every mention.

    `heads` and `tails` are the numbers of the sentences that mention each end. All that mention
    one of them make one group where `cost` (pieces and marks) is within `room`. Otherwise a
    sentence that has one end alone is joined by the nearest one with the other, and neighbours
    share a group as long as they fit; only two such sentences, or one, may then exceed `room`.

    >>> evidence([0, 5], [1], lambda group: 40 * len(group), 256)
    [(0, 1, 5)]
    >>> evidence([0, 5], [1], lambda group: 40 * len(group), 100)
    [(0, 1), (1, 5)]
    """
    of_head, of_tail = set(heads), set(tails)
    wanted = sorted(of_head | of_tail)
    if cost(wanted) <= room:
        return [tuple(wanted)]
    groups: list[set[int]] = []
    for sentence in wanted:
        unit = {sentence}
        if sentence not in of_tail:
            unit.add(_nearest(sentence, of_tail))
        if sentence not in of_head:
            unit.add(_nearest(sentence, of_head))
        if groups and cost(sorted(groups[-1] | unit)) <= room:
            groups[-1] |= unit
        elif not any(unit <= group for group in groups):
            groups.append(unit)
    return [tuple(sorted(group)) for group in groups]


def _nearest(sentence: int, others: set[int]) -> int:
    return min(others, key=lambda other: (abs(other - sentence), other))
