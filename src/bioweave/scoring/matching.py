"""When a predicted mention counts as found: three rules over one document and one label.

strict        same start, same end (and same parts, where there are gaps).
relaxed       at least one character in common, each gold mention paired with at most one
              prediction and the other way round, with as many pairs as can be made.
alternatives  as the BioCreative II gene mention scorer counts.

Relaxed corresponds to nervaluate's `ent_type` of one label (SemEval 2013, task 9.1, "type"):
both ask for some overlap and the same label and give full credit. nervaluate pairs greedily, in
the order of the predictions, and so can find fewer pairs than there are; here the number is the
largest possible and no order matters. Its `partial` gives half credit to what is not exact
and, over all labels, asks for no label: no figure here corresponds to it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet

from bioweave.scoring.counts import Counts
from bioweave.scoring.extents import Extent


def count_strict(gold: AbstractSet[Extent], predicted: AbstractSet[Extent]) -> Counts:
    """Counts of exact matches."""
    n_hits = len(gold & predicted)
    return Counts(n_hits, len(predicted) - n_hits, len(gold) - n_hits)


def count_relaxed(gold: AbstractSet[Extent], predicted: AbstractSet[Extent]) -> Counts:
    """Counts of overlapping pairs, as many as one-to-one pairing allows."""
    n_hits = _most_pairs(_overlaps(sorted(gold), sorted(predicted)))
    return Counts(n_hits, len(predicted) - n_hits, len(gold) - n_hits)


def count_alternatives(
    gold: AbstractSet[Extent],
    predicted: AbstractSet[Extent],
    alternatives: Collection[tuple[int, int]],
) -> Counts:
    """Counts as BioCreative II's `alt_eval.perl` makes them (Smith et al., 2008).

    A gold mention is a true positive, once, if some prediction equals it or equals an
    alternative that overlaps it; otherwise it is a false negative. A prediction is a false
    positive if it equals no gold mention and no alternative of the document. So a prediction
    that is an alternative of two gold mentions finds both, and of two predictions that are
    alternatives of one gold mention neither is wrong: true and false positives need not
    add up to the number of predictions.
    """
    accepted = {Extent(start, end) for start, end in alternatives} & predicted
    n_hits = sum(
        extent in predicted or any(extent.overlaps(other) for other in accepted) for extent in gold
    )
    return Counts(n_hits, len(predicted - gold - accepted), len(gold) - n_hits)


def _overlaps(gold: Sequence[Extent], predicted: Sequence[Extent]) -> list[list[int]]:
    """For each gold extent the positions of the predictions that it overlaps; both sorted."""
    neighbours: list[list[int]] = [[] for _ in gold]
    open_gold: list[int] = []
    n_seen = 0
    for position, extent in enumerate(predicted):
        while n_seen < len(gold) and gold[n_seen].start < extent.end:
            open_gold.append(n_seen)
            n_seen += 1
        # Predictions come by start, so what ends before this one meets none of the later ones.
        open_gold = [index for index in open_gold if gold[index].end > extent.start]
        for index in open_gold:
            if gold[index].overlaps(extent):
                neighbours[index].append(position)
    return neighbours


def _most_pairs(neighbours: Sequence[Sequence[int]]) -> int:
    """The size of a largest one-to-one pairing of a bipartite graph (Kuhn, 1955)."""
    right_of: dict[int, int] = {}
    left_of: dict[int, int] = {}
    return sum(_augment(left, neighbours, right_of, left_of) for left in range(len(neighbours)))


def _augment(
    root: int,
    neighbours: Sequence[Sequence[int]],
    right_of: dict[int, int],
    left_of: dict[int, int],
) -> bool:
    """Pair `root`, moving others to new partners where need be; False if it cannot be paired.

    Breadth first, because long chains of overlaps would exhaust Python's stack.
    """
    reached_from: dict[int, int] = {}
    queue = deque([root])
    while queue:
        left = queue.popleft()
        for right in neighbours[left]:
            if right in reached_from:
                continue
            reached_from[right] = left
            if right in left_of:
                queue.append(left_of[right])
                continue
            free: int | None = right
            while free is not None:
                left = reached_from[free]
                given_up = right_of.get(left)
                right_of[left], left_of[free] = free, left
                free = given_up
            return True
    return False
