"""A distribution over the tags of a whole sequence, in which each word only knows its neighbours.

What a CRF says of a sentence is such a chain. Neighbours matter when opinions are pooled: two words
that are each most probably inside a mention need not be so in the same reading of the sentence,
and a pool of the words' own probabilities alone decodes to spans that no member believes in.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from bioweave.document import TagSet

FloatArray: TypeAlias = npt.NDArray[np.float64]
_AnyFloat: TypeAlias = npt.NDArray[np.floating[Any]]

# A step that no pool may find less probable than that, where the scheme allows it at all.
LEAST_PROBABILITY = 1e-6


@dataclass(frozen=True, eq=False)
class TagChain:
    """`marginals` [n_words, T] are each word's probabilities of tags, and sum to 1.

    `pairs` [n_words - 1, T, T] are the joint probabilities of a word's tag (row) and of the next
    word's (column); their rows and columns sum to the two words' marginals.
    """

    marginals: _AnyFloat
    pairs: _AnyFloat

    @classmethod
    def independent(cls, marginals: _AnyFloat) -> TagChain:
        """Words that know nothing of each other, as a softmax has them."""
        return cls(marginals, marginals[:-1, :, None] * marginals[1:, None, :])

    @cached_property
    def steps(self) -> _AnyFloat:
        """[n_words - 1, T, T]: the probability of the next word's tag (column), given a word's."""
        given = self.marginals[:-1, :, None]
        return np.divide(self.pairs, given, out=np.zeros_like(self.pairs), where=given > 0)

    def log_steps(self) -> tuple[FloatArray, FloatArray]:
        """Logarithms of the first word's marginals [T] and of `steps`, above a floor."""
        first = np.log(np.maximum(self.marginals[:1].sum(axis=0), LEAST_PROBABILITY))
        return first, np.log(np.maximum(self.steps, LEAST_PROBABILITY))


def chain_of_scores(first: FloatArray, steps: FloatArray, tag_set: TagSet) -> TagChain:
    """The chain of log-scores: of the first word's tags [T] and of steps [n_words - 1, T, T].

    What the scheme does not allow is impossible, whatever its score. By forward-backward (Rabiner,
    1989), scaled at every word.
    """
    may_start, may_end = tag_set.may_start, tag_set.may_end
    weights = np.exp(steps - steps.max(axis=(1, 2), keepdims=True)) * tag_set.may_follow
    n_words = len(steps) + 1
    ahead = np.empty((n_words, len(tag_set)))
    behind = np.empty_like(ahead)
    start = np.exp(first - first.max()) * may_start
    ahead[0] = start / start.sum()
    for word in range(1, n_words):
        reached = ahead[word - 1] @ weights[word - 1]
        ahead[word] = reached / reached.sum()
    end = may_end.astype(np.float64)
    behind[-1] = end / end.sum()
    for word in range(n_words - 2, -1, -1):
        left = weights[word] @ behind[word + 1]
        behind[word] = left / left.sum()
    pairs = ahead[:-1, :, None] * weights * behind[1:, None, :]
    pairs /= pairs.sum(axis=(1, 2), keepdims=True)
    marginals = ahead * behind
    marginals /= marginals.sum(axis=1, keepdims=True)
    return TagChain(marginals, pairs)


def joined_chains(parts: list[TagChain], n_tags: int) -> TagChain:
    """Chains of consecutive stretches of words, which know nothing of each other, as one."""
    filled = [part for part in parts if len(part.marginals)]
    none = np.zeros((0, n_tags), dtype=np.float32)
    marginals = np.concatenate([none, *(part.marginals for part in filled)])
    whole = TagChain.independent(marginals)
    start = 0
    for part in filled:
        whole.pairs[start : start + len(part.pairs)] = part.pairs
        start += len(part.marginals)
    return whole


def folded(chain: TagChain, tag_set: TagSet, target: TagSet) -> TagChain:
    """The chain in other tags: of a scheme with fewer, and of some of the labels alone.

    BIO's B is what begins a span in any scheme and I what goes on with it; other labels are O.
    """
    mapping = _mapping(tag_set, target)
    return TagChain(chain.marginals @ mapping, mapping.T @ chain.pairs @ mapping)


def mean_chain(chains: list[TagChain], weights: npt.NDArray[Any]) -> TagChain:
    """The chain whose words and pairs are as probable as in the weighted mixture of chains.

    Of all chains it is the one nearest to the mixture, which is no chain itself (Koller and
    Friedman, 2009, section 8.5.3).
    """
    shares = np.asarray(weights, dtype=np.float64)
    return TagChain(
        np.einsum("m,mnt->nt", shares, np.stack([one.marginals for one in chains])),
        np.einsum("m,mnab->nab", shares, np.stack([one.pairs for one in chains])),
    )


def _mapping(tag_set: TagSet, target: TagSet) -> FloatArray:
    """[tags, target's tags], 1 where a tag means the target's."""
    mapping = np.zeros((len(tag_set), len(target)))
    for place, name in enumerate(tag_set.names):
        prefix, _, label = name.partition("-")
        meant = f"{'B' if prefix in 'BS' else 'I'}-{label}"
        mapping[place, target.index.get(meant, 0) if prefix != "O" else 0] = 1
    return mapping
