"""Stacking: a second model whose inputs are what the first ones said (Wolpert, 1992).

It reads each member's log-probabilities of a word's tags and of its neighbours', and what a
dictionary says of the word. Its own answer is a linear map: small enough to be fitted to a dev
split, and to be kept as one matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bioweave.document import TagSet
from bioweave.fusion.calibration import logarithms
from bioweave.fusion.chain import (
    LEAST_PROBABILITY,
    FloatArray,
    TagChain,
    chain_of_scores,
)

# How many words to either side are looked at.
REACH = 2
# Log-odds of a member that is as sure as it may be.
CERTAIN = float(-np.log(LEAST_PROBABILITY))
_TELLING = 4.0


@dataclass(frozen=True, eq=False)
class StackingPool:
    """`matrix` [features, tags] and `bias` [tags], for the features of `stacked_features`.

    `n_members` and `n_hits` say what it was fitted to.
    """

    matrix: FloatArray
    bias: FloatArray
    n_members: int
    n_hits: int = 0

    def __call__(
        self, members: Sequence[TagChain], tag_set: TagSet, hits: FloatArray | None = None
    ) -> TagChain:
        """See `Pool`; `hits` must be there if it was fitted to a dictionary's.

        It has seen each word's neighbours already, so that they are only asked to obey the scheme.
        """
        n_hits = 0 if hits is None else hits.shape[1]
        if (len(members), n_hits) != (self.n_members, self.n_hits):
            raise ValueError(
                f"fitted to {self.n_members} members and {self.n_hits} columns of hits, and given "
                f"{len(members)} and {n_hits}"
            )
        marginals = np.stack([one.marginals for one in members])
        if not marginals.shape[1]:
            return members[0]
        scores = stacked_features(marginals.astype(np.float64), hits) @ self.matrix + self.bias
        steps = np.broadcast_to(scores[1:, None, :], (len(scores) - 1, *2 * [len(tag_set)]))
        return chain_of_scores(scores[0], steps, tag_set)


def stacked_features(marginals: FloatArray, hits: FloatArray | None = None) -> FloatArray:
    """A document's [n_words, features]: members' opinions and hits around each word.

    Opinions are log-odds against O, of the word itself and of `REACH` neighbours to each side.
    Beyond the document's ends every member is certain of O, and a dictionary knows nothing.
    """
    logs = logarithms(marginals)
    odds = (logs[:, :, 1:] - logs[:, :, :1]).transpose(1, 0, 2).reshape(marginals.shape[1], -1)
    n_words, n_odds = odds.shape
    known = np.zeros((n_words, 0)) if hits is None else hits
    padded = np.full((n_words + 2 * REACH, n_odds), -CERTAIN)
    padded[REACH : REACH + n_words] = odds
    # Odds are most telling around even; far from that, members only differ in temper.
    opinions = np.concatenate([padded / CERTAIN, np.tanh(padded / _TELLING)], axis=1)
    beside = np.concatenate([opinions, np.pad(known, ((REACH, REACH), (0, 0)))], axis=1)
    return np.concatenate(
        [beside[shift : shift + n_words] for shift in range(2 * REACH + 1)], axis=1
    )
