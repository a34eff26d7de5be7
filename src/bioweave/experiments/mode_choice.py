"""Each label's thresholds in each mode, chosen on the judged spans of dev splits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from bioweave.experiments.mode_spans import JudgedSpans
from bioweave.scoring import Counts, Score

# What a mode is to gain over balanced, and may cost in F1: 3 points each, and dev may promise too
# much.
GAIN = 0.04
COST = 0.025
# Balanced drops at most what the tagger itself thinks more likely wrong than right, and that only
# for 0.2 points of F1 at such a threshold.
_HIGHEST_BALANCED = 0.5
_WORTHWHILE = 0.004

GRID = tuple(
    round(float(value), 3)
    for value in (
        *(0.0, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.14, 0.16, 0.18),
        *np.arange(0.2, 0.7, 0.025),
        *np.arange(0.7, 0.96, 0.0125),
    )
)

# A label and whether a lexicon knows the name -> the least confidence; without a lexicon no name
# is known.
Knob: TypeAlias = tuple[str, bool]
Setting: TypeAlias = Mapping[Knob, float]
Scores: TypeAlias = Mapping[str, Score]  # by corpus, all its labels together
_Key: TypeAlias = tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """How many mentions are taken, and rightly so, of each corpus by each knob at each threshold.

    `counts[corpus][knob]` is int64 [GRID, 2]: those that are right, and all.
    """

    counts: Mapping[str, Mapping[Knob, npt.NDArray[np.int64]]]
    n_gold: Mapping[str, int]
    knobs: tuple[Knob, ...]

    @classmethod
    def of(cls, spans: Sequence[JudgedSpans], *, with_others: bool, always: Setting) -> Curves:
        """Those of spans that were found, or of all with `with_others`.

        What was found stays from the threshold in `always` on, even where the knob asks for more.
        """
        counts: dict[str, dict[Knob, npt.NDArray[np.int64]]] = {}
        for one in spans:
            counts[one.corpus] = {
                (label, is_known): _counted(one, place, is_known, with_others, always)
                for place, label in enumerate(one.labels)
                for is_known in (False, True)
                if not is_known or one.is_known.any()
            }
        knobs = tuple(dict.fromkeys(knob for own in counts.values() for knob in own))
        return cls(counts, {one.corpus: int(one.n_gold.sum()) for one in spans}, knobs)

    def places(self, setting: Setting) -> dict[Knob, int]:
        """Where a setting's thresholds stand in the grid."""
        return {knob: GRID.index(setting[knob]) for knob in self.knobs}

    def scores(self, places: Mapping[Knob, int]) -> dict[str, Score]:
        """What a setting comes to, given as places in the grid."""
        scores = {}
        for corpus, own in self.counts.items():
            n_right, n_taken = sum(curve[places[knob]] for knob, curve in own.items())
            n_missed = self.n_gold[corpus] - int(n_right)
            scores[corpus] = Counts(int(n_right), int(n_taken - n_right), n_missed).score()
        return scores


def _counted(
    spans: JudgedSpans, place: int, is_known: bool, with_others: bool, always: Setting
) -> npt.NDArray[np.int64]:
    own = (spans.label == place) & (spans.is_known == is_known)
    if not with_others:
        own &= spans.is_found
    confidence = spans.confidence[own]
    stays = spans.is_found[own] & (
        confidence >= always.get((spans.labels[place], is_known), float("inf"))
    )
    taken = (confidence >= np.array(GRID)[:, None]) | stays
    return np.stack([(taken & spans.is_right[own]).sum(axis=1), taken.sum(axis=1)], axis=1)


def choose_balanced(spans: Sequence[JudgedSpans]) -> dict[Knob, float]:
    """The thresholds with the best F1, the corpora's mean; lower ones that are as good as that."""
    curves = Curves.of(spans, with_others=False, always={})

    def key(scores: Scores, places: Mapping[Knob, int]) -> _Key:
        mean = float(np.mean([score.f1 for score in scores.values()]))
        asked = [GRID[place] for place in places.values()]
        too_high = sum(threshold > _HIGHEST_BALANCED for threshold in asked)
        return float(too_high), _WORTHWHILE * float(np.mean(asked)) - mean

    return _choose(curves, key)


def choose_for(
    mode: str, spans: Sequence[JudgedSpans], balanced: Scores, *, always: Setting
) -> dict[Knob, float]:
    """The thresholds of precision or recall that gain enough over balanced at the least cost.

    On every corpus GAIN is aimed at, and COST in F1 never passed. `always` are the thresholds from
    which balanced takes what was found, and recall with it.
    """
    is_recall = mode == "recall"
    curves = Curves.of(spans, with_others=is_recall, always=always if is_recall else {})

    def key(scores: Scores, places: Mapping[Knob, int]) -> _Key:
        gains, costs = [], []
        for corpus, score in scores.items():
            was = balanced[corpus]
            gain = score.recall - was.recall if is_recall else score.precision - was.precision
            gains.append(max(0.0, GAIN - gain))
            costs.append(was.f1 - score.f1)
        too_dear = sum(max(0.0, cost - COST) for cost in costs)
        return too_dear, sum(gains), sum(costs)

    return _choose(curves, key)


def _choose(curves: Curves, key: Callable[[Scores, Mapping[Knob, int]], _Key]) -> dict[Knob, float]:
    """The setting with the smallest key: from every common threshold, one knob after the other.

    Few knobs and smooth curves: that finds what trying every setting does, and takes a second.
    """

    def keyed(places: Mapping[Knob, int]) -> _Key:
        return key(curves.scores(places), places)

    best: dict[Knob, int] = {}
    best_key: _Key = (float("inf"),)
    for start in range(len(GRID)):
        places = dict.fromkeys(curves.knobs, start)
        reached, is_better = keyed(places), True
        while is_better:
            is_better = False
            for knob in curves.knobs:
                options = [(keyed({**places, knob: place}), place) for place in range(len(GRID))]
                lowest, place = min(options)
                if lowest < reached:
                    reached, places[knob], is_better = lowest, place, True
        if reached < best_key:
            best_key, best = reached, places
    return {knob: GRID[place] for knob, place in best.items()}
