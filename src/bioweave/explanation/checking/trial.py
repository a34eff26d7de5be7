"""One mention put to the test: every method's weights, and chance, by variants of the same kind."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from bioweave.explanation.checking.agreement import agreement, top_of
from bioweave.explanation.checking.curves import Curves, curves_of, ranking_of
from bioweave.explanation.game import SpanGame
from bioweave.explanation.methods import Weigher

# Random rankings of each mention's words; a baseline is their mean.
RANDOM_DRAWS = 5
# The second knows what needs no explanation: that a mention hangs on its own words. They come
# first, in random order, and the others after them.
BASELINES = ("random", "mention first")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trial:
    """The methods under test by name; `again` are those that draw, with another seed."""

    methods: Mapping[str, Weigher]
    again: Mapping[str, Weigher]
    seed: int

    def __call__(self, game: SpanGame, turn: int, *, with_again: bool) -> Row:
        """What the mention comes to, as a line of JSON.

        `seconds` are of processor time. A method's variants are those that no method before it
        had asked for.
        """
        weights: dict[str, npt.NDArray[np.float64]] = {}
        costs: dict[str, Row] = {}
        # Asked for by everyone, and charged to no one.
        probability, base = game.probability, game.base
        for name, weigh in self.methods.items():
            started, n_before = time.process_time(), game.n_computed
            weighing = weigh(game)
            weights[name] = weighing.weights
            costs[name] = {
                "seconds": time.process_time() - started,
                "variants": game.n_computed - n_before,
            }
            if "fit" in weighing.settings:
                costs[name]["fit"] = weighing.settings["fit"]
        repeated = {name: weigh(game).weights for name, weigh in self.again.items() if with_again}
        random = np.random.default_rng([self.seed, turn])
        rankings = [ranking_of(one) for one in weights.values()]
        rankings += [random.permutation(game.n_players) for _ in range(RANDOM_DRAWS)]
        rankings += [_mention_first(game, random) for _ in range(RANDOM_DRAWS)]
        measured = [_measured(one) for one in curves_of(game, rankings)]
        n = len(weights)
        chance = (measured[n : n + RANDOM_DRAWS], measured[n + RANDOM_DRAWS :])
        return {
            "words": game.n_players,
            "probability": probability,
            "base": base,
            "methods": {
                name: {**own, **costs[name]}
                for name, own in zip(weights, measured[:n], strict=True)
            },
            "baselines": {
                name: _averaged(own) for name, own in zip(BASELINES, chance, strict=True)
            },
            "agreement": _pairs(weights),
            "stability": {
                name: agreement(weights[name], other) for name, other in repeated.items()
            },
            "top_by_chance": top_of(game.n_players) / game.n_players,
        }


def _mention_first(game: SpanGame, random: np.random.Generator) -> npt.NDArray[np.int64]:
    place = np.arange(game.n_players) + game.subject.players.start
    is_own = (place >= game.subject.word_start) & (place < game.subject.word_end)
    order = random.permutation(game.n_players)
    return np.concatenate([order[is_own[order]], order[~is_own[order]]])


def _measured(curves: Curves) -> Row:
    deleted, inserted = curves.at_steps()
    return {
        **curves.measures(),
        "comprehensiveness_bins": curves.comprehensiveness().tolist(),
        "sufficiency_bins": curves.sufficiency().tolist(),
        "deletion_curve": deleted.tolist(),
        "insertion_curve": inserted.tolist(),
    }


def _averaged(measured: Sequence[Row]) -> Row:
    return {key: np.mean([one[key] for one in measured], axis=0).tolist() for key in measured[0]}


def _pairs(weights: Mapping[str, npt.NDArray[np.float64]]) -> dict[str, Sequence[float] | None]:
    return {
        f"{one} {other}": agreement(weights[one], weights[other])
        for one, other in combinations(weights, 2)
    }
