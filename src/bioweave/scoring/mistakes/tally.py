"""How much each kind of mistake costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bioweave.scoring.counts import Counts, ratio
from bioweave.scoring.mistakes.kinds import MistakeKind
from bioweave.scoring.mistakes.sorting import SortedMistake


@dataclass(frozen=True, slots=True)
class Tally:
    """One kind's mistakes, counted.

    `n_mistakes` counts a miss and a false alarm that are one mistake once. `share` is of all
    mistakes. `f1_gain` is by how much strict F1 (as a fraction) would rise if what
    was missed had been found and the false alarms were gone. `n_bearing` also counts mistakes of
    other kinds that bear this one as a tag. `tags` and `labels` (those of gold, where there is
    gold) say how many of the kind's mistakes bear which.
    """

    kind: MistakeKind
    n_mistakes: int
    n_misses: int
    n_false_alarms: int
    n_bearing: int
    share: float
    f1_gain: float
    tags: Mapping[str, int]
    labels: Mapping[str, int]


def tally(mistakes: Sequence[SortedMistake], n_right: int) -> list[Tally]:
    """The tally of every kind, in the kinds' order; `n_right` is how many were found."""
    all_misses, all_alarms = _sides(mistakes)
    before = Counts(n_right, all_alarms, all_misses).score().f1
    tallies = []
    for kind in MistakeKind:
        own = [one for one in mistakes if one.kind is kind]
        n_misses, n_alarms = _sides(own)
        after = Counts(n_right + n_misses, all_alarms - n_alarms, all_misses - n_misses)
        tallies.append(
            Tally(
                kind=kind,
                n_mistakes=len(own),
                n_misses=n_misses,
                n_false_alarms=n_alarms,
                n_bearing=len(own) + sum(kind in one.tags for one in mistakes),
                share=ratio(len(own), len(mistakes)),
                f1_gain=after.score().f1 - before if own else 0.0,
                tags=Counter(str(tag) for one in own for tag in one.tags),
                labels=Counter(one.mistake.mention.label for one in own),
            )
        )
    return tallies


def _sides(mistakes: Iterable[SortedMistake]) -> tuple[int, int]:
    pairs = [(one.mistake.gold, one.mistake.predicted) for one in mistakes]
    return (
        sum(gold is not None for gold, _ in pairs),
        sum(predicted is not None for _, predicted in pairs),
    )
