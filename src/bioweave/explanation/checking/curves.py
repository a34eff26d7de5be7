"""What becomes of a mention's probability while words are hidden, or shown, by their weights.

One pair of curves holds everything that is measured. Deletion hides the words that speak most for
the mention, one after the other; insertion begins with all words hidden and shows them in the same
order (Petsiuk et al., 2018, where pixels are blurred). ERASER's comprehensiveness is what the first
words of deletion cost, its sufficiency what is lacking with the first words of insertion alone
(DeYoung et al., 2020, section 4.2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from bioweave.explanation.game import SpanGame
from bioweave.explanation.hiding import Masks

# Shares of the words, ERASER's usual ones.
BINS = (0.01, 0.05, 0.1, 0.2, 0.5)
# Where curves are looked at.
STEPS = tuple(round(0.1 * step, 1) for step in range(11))

# What a pair of curves comes to, and whether more of it is better.
MEASURES: Mapping[str, bool] = {
    "comprehensiveness": True,
    "sufficiency": False,
    "deletion": False,
    "insertion": True,
}


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Probabilities of one mention by one ranking of its words.

    `deleted[k]` is that with the first `counts[k]` words hidden, `inserted[k]` that with nothing
    else seen than these words. Counts rise from 0 to all words.
    """

    counts: tuple[int, ...]
    deleted: npt.NDArray[np.float64]
    inserted: npt.NDArray[np.float64]

    def comprehensiveness(self) -> npt.NDArray[np.float64]:
        """[bins]: the probability less that without the bin's words. More is better."""
        lost: npt.NDArray[np.float64] = self.deleted[0] - self.deleted[self._places(BINS)]
        return lost

    def sufficiency(self) -> npt.NDArray[np.float64]:
        """[bins]: the probability less that with the bin's words alone. Less is better."""
        lacking: npt.NDArray[np.float64] = self.deleted[0] - self.inserted[self._places(BINS)]
        return lacking

    def measures(self) -> dict[str, float]:
        """`MEASURES`: areas over ERASER's bins, as its authors' code has them, and under curves.

        The area over the perturbation curve is the mean over bins; the paper's formula divides by
        one more, which changes all methods alike. Areas of deletion and insertion are trapezoids
        over the share of words.
        """
        shares = np.array(self.counts) / self.counts[-1]
        return {
            "comprehensiveness": float(self.comprehensiveness().mean()),
            "sufficiency": float(self.sufficiency().mean()),
            "deletion": float(np.trapezoid(self.deleted, shares)),
            "insertion": float(np.trapezoid(self.inserted, shares)),
        }

    def at_steps(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Deletion and insertion at `STEPS`."""
        places = self._places(STEPS)
        return self.deleted[places], self.inserted[places]

    def _places(self, shares: Sequence[float]) -> list[int]:
        return [self.counts.index(one) for one in counts_of(shares, self.counts[-1])]


def counts_of(shares: Sequence[float], n_words: int) -> list[int]:
    """How many words each share is: rounded up, so that a share of any size has a word.

    >>> counts_of(BINS, 30)
    [1, 2, 3, 6, 15]
    """
    # Less a hair: a third of 30 words must not become 11 for how numbers are stored.
    return [ceil(share * n_words - 1e-9) for share in shares]


def ranking_of(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Places of words, what speaks most for the mention first; equal ones in the text's order."""
    ranking: npt.NDArray[np.int64] = np.argsort(-weights, kind="stable")
    return ranking


def curves_of(game: SpanGame, rankings: Sequence[npt.NDArray[np.int64]]) -> list[Curves]:
    """The curves of each ranking; all are asked for in one call."""
    n_words = game.n_players
    counts = sorted({*counts_of(BINS, n_words), *counts_of(STEPS, n_words)})
    shown = np.concatenate([_variants(ranking, counts) for ranking in rankings])
    values = game(shown).reshape(len(rankings), 2, len(counts))
    return [Curves(tuple(counts), deleted, inserted) for deleted, inserted in values]


def _variants(ranking: npt.NDArray[np.int64], counts: Sequence[int]) -> Masks:
    """[2 x counts, words]: deletion's variants, then insertion's."""
    n_words = len(ranking)
    rank = np.empty(n_words, dtype=np.int64)
    rank[ranking] = np.arange(n_words)
    is_first = rank[None, :] < np.array(counts)[:, None]
    return np.concatenate([~is_first, is_first])
