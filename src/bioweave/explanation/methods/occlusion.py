"""Occlusion: what is lost when one word is hidden (Zeiler and Fergus, 2014, for images)."""

from __future__ import annotations

import numpy as np

from bioweave.explanation.game import SpanGame
from bioweave.explanation.methods.weighing import Weighing


def occlusion(game: SpanGame) -> Weighing:
    """The probability with all words seen, less that with one of them hidden.

    As many questions as there are words, and no chance in it. Weights do not add up to anything:
    of two words that say the same, neither is missed.
    """
    alone = ~np.eye(game.n_players, dtype=np.bool_)
    return Weighing(game.probability - game(alone), game.base)
