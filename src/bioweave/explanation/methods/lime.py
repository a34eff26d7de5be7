"""A linear model of the sentence's neighbourhood, by `lime` (Ribeiro et al., 2016)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bioweave.errors import MissingExtraError
from bioweave.explanation.game import SpanGame
from bioweave.explanation.hiding import Masks
from bioweave.explanation.methods.weighing import Weighing

# Of the library's own explainer of texts: how near a variant is counts by its cosine distance in
# hundredths, in a kernel of this width.
_KERNEL_WIDTH = 25.0


@dataclass(frozen=True, slots=True)
class Lime:
    """The library's weighted ridge regression of the probability on which words are seen.

    Neighbours are drawn as its explainer of texts draws them: a number of words, all equally
    likely, then which. That explainer itself deletes words from a string and tokenises what is
    left; here they are hidden in place. `samples` counts variants, the whole sentence included.
    """

    samples: int
    seed: int

    def __call__(self, game: SpanGame) -> Weighing:
        """See `Weigher`. Raises MissingExtraError without the library.

        The base is what the linear model says of a sentence of hidden words. `fit` is its weighted
        R squared: weights of a model that does not fit say little.
        """
        base = _library().LimeBase(_kernel, random_state=self.seed)
        shown = neighbours(game.n_players, self.samples, self.seed)
        intercept, pairs, fit, _ = base.explain_instance_with_data(
            shown.astype(np.float64),
            game(shown)[:, None],
            _distances(shown),
            label=0,
            num_features=game.n_players,
            feature_selection="none",
        )
        weights = np.zeros(game.n_players)
        for place, weight in pairs:
            weights[place] = weight
        settings = {
            "samples": self.samples,
            "seed": self.seed,
            "kernel_width": _KERNEL_WIDTH,
            "fit": float(fit),
        }
        return Weighing(weights, float(intercept), settings)


def neighbours(n_words: int, n_samples: int, seed: int) -> Masks:
    """[samples, words]: the whole sentence, and variants with 1 to all words hidden."""
    random = np.random.default_rng(seed)
    shown = np.ones((n_samples, n_words), dtype=np.bool_)
    for row, n_hidden in zip(
        shown[1:], random.integers(1, n_words + 1, n_samples - 1), strict=True
    ):
        row[random.choice(n_words, n_hidden, replace=False)] = False
    return shown


def _distances(shown: Masks) -> npt.NDArray[np.float64]:
    """100 times each variant's cosine distance to the whole; with nothing seen it is 100."""
    share: npt.NDArray[np.float64] = shown.mean(axis=1)
    return 100 * (1 - np.sqrt(share))


def _kernel(distances: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    near: npt.NDArray[np.float64] = np.sqrt(np.exp(-((distances / _KERNEL_WIDTH) ** 2)))
    return near


def _library() -> Any:
    try:
        from lime import lime_base
    except ModuleNotFoundError as error:
        raise MissingExtraError("lime", extra="explain", needed_for="the method lime") from error
    return lime_base
