"""Shapley values of the words, by `shap` (Lundberg and Lee, 2017)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from bioweave.errors import MissingExtraError
from bioweave.explanation.game import SpanGame
from bioweave.explanation.methods.weighing import Weighing

# The library draws from numpy's one generator for all.
_DRAWING = Lock()


@dataclass(frozen=True, slots=True)
class Shap:
    """Kernel SHAP over masks of words; `samples` of them beside the two that must be there.

    A word's weight is its average contribution over all orders in which words could be uncovered.
    Weights add up to the probability less the base value, by the regression's own constraint.
    Sentences of a dozen words are computed exactly, longer ones are sampled.
    """

    samples: int
    seed: int

    def __call__(self, game: SpanGame) -> Weighing:
        """See `Weigher`. Raises MissingExtraError without the library."""
        shap = _library()
        settings = {"explainer": "kernel", "samples": self.samples, "seed": self.seed}
        if game.n_players == 1:
            return Weighing(np.array([game.probability - game.base]), game.base, settings)

        def value(masks: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
            return game(np.asarray(masks) > 0.5)

        seen, hidden = np.ones((1, game.n_players)), np.zeros((1, game.n_players))
        with _seeded(self.seed), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            explainer = shap.KernelExplainer(value, hidden)
            # Without a penalty: its own choice of a few words would leave the others at 0.
            weights = explainer.shap_values(
                seen, nsamples=self.samples, l1_reg=False, silent=True, gc_collect=False
            )
        return Weighing(np.asarray(weights, dtype=np.float64)[0], game.base, settings)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Numpy's own generator from a seed, and afterwards as it was."""
    with _DRAWING:
        state = np.random.get_state()
        np.random.seed(seed)
        try:
            yield
        finally:
            np.random.set_state(state)


def _library() -> Any:
    try:
        with warnings.catch_warnings():
            # What it imports for its plots, which nobody draws here, is not its latest.
            warnings.simplefilter("ignore")
            import shap
    except ModuleNotFoundError as error:
        raise MissingExtraError("shap", extra="explain", needed_for="the method shap") from error
    return shap
