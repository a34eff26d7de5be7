"""Forward-backward and Viterbi over many sequences and heads at once, in numpy.

Arrays are [words, tags, heads, sequences]: a step of a recursion is a handful of operations on
rows of heads and sequences, long enough for numpy and never summed along. Sequences stand in the
order of their lengths, so that those that go on at a word are the last ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from bioweave.bundle.chains import Chains, FloatArray

IntArray: TypeAlias = npt.NDArray[np.int64]

# How far below its word's best tag an emission may lie, as a log-score: beyond anything that a
# trained tagger says, and near enough for the product of two such likelihoods to be a double.
_FARTHEST = 300.0


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """What is known of each word of each sequence, in logarithms.

    `before` sums over all that precedes a word, with its own emission; `after` over all that
    follows it, without. `closing` is as `after`, but only where the next word does not go on with
    a span that ends here. All [N, T, H, B]; `log_partition` is [H, B]. What stands at padding
    means nothing.
    """

    before: FloatArray
    after: FloatArray
    closing: FloatArray
    log_partition: FloatArray

    def marginals(self) -> FloatArray:
        """Each word's probability of each tag."""
        joint: FloatArray = np.exp(self.before + self.after - self.log_partition)
        return joint

    def pairs(self, emissions: FloatArray, chains: Chains) -> FloatArray:
        """[N - 1, T, T, H, B]: the probability of a word's tag and of the next word's together."""
        onward = emissions[1:] + self.after[1:]
        steps = np.moveaxis(chains.transitions, 0, -1)[..., None]
        joint: FloatArray = np.exp(
            self.before[:-1, :, None] + steps + onward[:, None] - self.log_partition
        )
        return joint


def within_reach(emissions: FloatArray) -> FloatArray:
    """Emissions [N, T, H, B] of which none lies so far below its word's best that sums lose it."""
    near: FloatArray = np.maximum(emissions, emissions.max(axis=1, keepdims=True) - _FARTHEST)
    return near


def forward_backward(emissions: FloatArray, n_words: IntArray, chains: Chains) -> Lattice:
    """The lattice of emissions [N, T, H, B]; `n_words` [B] ascends and starts above 0.

    Rabiner, 1989, sections III.A and V.A: probabilities, scaled anew at each word. Emissions are
    `within_reach`; a state that falls some 700 behind the best in logarithms is lost all the same.
    """
    is_word = np.arange(len(emissions))[:, None, None] < n_words
    peaks = np.where(is_word, emissions.max(axis=1), 0.0)
    likelihood = np.exp(emissions - peaks[:, None])
    start, weights, end = (_by_tag(part) for part in (chains.start, chains.transitions, chains.end))
    start, weights, end = np.exp(start), np.exp(weights), np.exp(end)
    breaks = np.where(_by_tag(chains.continues), 0.0, weights)
    going_on = np.searchsorted(n_words, np.arange(len(emissions)), side="right")

    before, reached = np.ones_like(emissions), np.ones_like(peaks)
    after, followed = np.empty_like(emissions), np.ones_like(peaks)
    closing = np.empty_like(emissions)
    after[:] = closing[:] = end
    for word, first in enumerate(going_on.tolist()):
        own = likelihood[word, :, :, first:]
        if word == 0:
            states = start * own
        else:
            states = (before[word - 1, :, None, :, first:] * weights).sum(axis=0) * own
        reached[word, :, first:] = total = states.sum(axis=0)
        before[word, :, :, first:] = states / total
    for word in range(len(emissions) - 2, -1, -1):
        first = going_on[word + 1]
        onward = likelihood[word + 1, :, :, first:] * after[word + 1, :, :, first:]
        states = (onward * weights).sum(axis=1)
        followed[word, :, first:] = total = states.sum(axis=0)
        after[word, :, :, first:] = states / total
        closing[word, :, :, first:] = (onward * breaks).sum(axis=1) / total

    with np.errstate(divide="ignore"):  # log(0) is the -inf that is meant
        passed = (np.log(reached) + peaks).cumsum(axis=0)
        followed = np.log(followed)
        followed[:-1] += peaks[1:]
        ahead = followed[::-1].cumsum(axis=0)[::-1]
        last = before[n_words - 1, :, :, np.arange(len(n_words))] * end[None, :, :, 0]
        log_partition = np.log(last.sum(axis=1)).T + passed[-1]
        logs = (np.log(part) for part in (before, after, closing))
        before, after, closing = logs
    return Lattice(
        before + passed[:, None], after + ahead[:, None], closing + ahead[:, None], log_partition
    )


def viterbi(emissions: FloatArray, n_words: IntArray, chains: Chains) -> IntArray:
    """The best tags [N, H, B] (Viterbi, 1967); 0 at padding. Of equals, the lowest index."""
    going_on = np.searchsorted(n_words, np.arange(len(emissions)), side="right").tolist()
    transitions, end = _by_tag(chains.transitions), _by_tag(chains.end)
    best = emissions.copy()
    best[0] += _by_tag(chains.start)
    for word in range(1, len(emissions)):
        first = going_on[word]
        best[word, :, :, first:] += (best[word - 1, :, None, :, first:] + transitions).max(axis=0)
    tags = np.zeros((len(emissions), *emissions.shape[2:]), dtype=np.int64)
    heads = np.arange(len(chains.heads))[:, None]
    n_following = len(n_words)
    for word in range(len(emissions) - 1, -1, -1):
        first = going_on[word]
        reached = best[word, :, :, first:] + end
        # Those that go on come from where the next word's best tag does.
        if n_following < len(n_words):
            following = tags[word + 1, :, n_following:]
            into = transitions[:, following, heads, 0]
            reached[:, :, n_following - first :] = best[word, :, :, n_following:] + into
        tags[word, :, first:] = reached.argmax(axis=0)
        n_following = first
    return tags


def _by_tag(scores: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """[H, ...] -> [..., H, 1]."""
    return np.moveaxis(scores, 0, -1)[..., None]
