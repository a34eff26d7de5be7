"""Opinion pools: what each member says of a document's tags -> one opinion.

Genest and Zidek, 1986, compare the two. A linear pool believes what any trusted member believes; a
log-linear one lets each member veto. Members are calibrated first: a temperature says how much of
its confidence a member has to give up before it is heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bioweave.document import TagSet
from bioweave.fusion.chain import FloatArray, TagChain, chain_of_scores, mean_chain


class Pool(Protocol):
    """A way of making one opinion of many."""

    def __call__(
        self, members: Sequence[TagChain], tag_set: TagSet, hits: FloatArray | None = None
    ) -> TagChain:
        """What the members' chains over a document's words come to.

        All are in the tags of `tag_set`. `hits` are what a dictionary says of the words, [n_words,
        n]; most pools do not ask.
        """


@dataclass(frozen=True, eq=False)
class LinearPool:
    """The weighted mean of the members' probabilities.

    `weights` [members] are at least 0 and sum to 1; `temperatures` [members] are above 0, and 1
    leaves a member as it is.
    """

    weights: FloatArray
    temperatures: FloatArray

    @classmethod
    def mean(cls, n_members: int) -> LinearPool:
        """The plain mean, which needs no data to be fitted to."""
        return cls(np.full(n_members, 1.0 / n_members), np.ones(n_members))

    def __call__(
        self, members: Sequence[TagChain], tag_set: TagSet, hits: FloatArray | None = None
    ) -> TagChain:
        """See `Pool`."""
        calibrated = [
            tempered(chain, float(temperature), tag_set)
            for chain, temperature in zip(members, self.temperatures, strict=True)
        ]
        return mean_chain(calibrated, self.weights)


@dataclass(frozen=True, eq=False)
class LogLinearPool:
    """The weighted product of the members' probabilities: `weights` [members] are their powers.

    They need not sum to 1: members that agree for reasons of their own are surer together, and
    copies of one another are not. A member's temperature is in its weight.
    """

    weights: FloatArray

    def __call__(
        self, members: Sequence[TagChain], tag_set: TagSet, hits: FloatArray | None = None
    ) -> TagChain:
        """See `Pool`."""
        return _product(members, self.weights, tag_set)


def tempered(chain: TagChain, temperature: float, tag_set: TagSet) -> TagChain:
    """Every tagging's probability raised to 1 / temperature, and all summing to 1 again."""
    is_lawful = not chain.pairs[:, ~tag_set.may_follow].any()
    if temperature == 1.0 and is_lawful:
        return chain
    return _product([chain], np.array([1.0 / temperature]), tag_set)


def _product(members: Sequence[TagChain], powers: FloatArray, tag_set: TagSet) -> TagChain:
    if not len(members[0].marginals):
        return members[0]
    scores = [chain.log_steps() for chain in members]
    first = np.einsum("m,mt->t", powers, np.stack([one for one, _ in scores]))
    steps = np.einsum("m,mnab->nab", powers, np.stack([one for _, one in scores]))
    return chain_of_scores(first, steps, tag_set)
