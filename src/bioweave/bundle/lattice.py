"""Forward-backward and Viterbi over many sequences and heads at once, in numpy.

Arrays are [words, heads, sequences, tags]: a step of a recursion is one product for all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bioweave.bundle.chains import Chains, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """What is known of each word of each sequence, in logarithms.

    `before` sums over all that precedes a word, with its own emission; `after` over all that
    follows it, without. `closing` is as `after`, but only where the next word does not go on with
    a span that ends here. All [N, H, B, T]; `log_partition` is [H, B]. What stands at padding
    means nothing.
    """

    before: FloatArray
    after: FloatArray
    closing: FloatArray
    log_partition: FloatArray

    def marginals(self) -> FloatArray:
        """Each word's probability of each tag."""
        joint: FloatArray = np.exp(self.before + self.after - self.log_partition[..., None])
        return joint


def forward_backward(
    emissions: FloatArray, n_words: npt.NDArray[np.int64], chains: Chains
) -> Lattice:
    """The lattice of emissions [N, H, B, T]; each sequence has at least one word.

    Rabiner, 1989, section III.A. Sums are taken of exponentials relative to each row's largest;
    what lies more than about 700 below it is lost, which no trained tagger comes near.
    """
    before, after = np.empty_like(emissions), np.empty_like(emissions)
    closing = np.empty_like(emissions)
    weights = np.exp(chains.transitions)
    # Both sums over what follows share the exponentials: one product with twice the columns.
    onward = np.concatenate([weights, np.where(chains.continues, 0.0, weights)], axis=1)
    onward = np.ascontiguousarray(onward.swapaxes(1, 2))
    n_steps, _, _, n_tags = emissions.shape
    with np.errstate(divide="ignore"):  # log(0) is the -inf that is meant
        before[0] = chains.start[:, None] + emissions[0]
        for step in range(1, n_steps):
            reached = _log_product(before[step - 1], weights)
            before[step] = reached + emissions[step]
        closed = np.broadcast_to(chains.end[:, None], emissions.shape[1:])
        after[-1] = closing[-1] = closed
        for step in range(n_steps - 2, -1, -1):
            following = _log_product(emissions[step + 1] + after[step + 1], onward)
            goes_on = (step + 1 < n_words)[:, None]
            after[step] = np.where(goes_on, following[..., :n_tags], closed)
            closing[step] = np.where(goes_on, following[..., n_tags:], closed)
        sequences = np.arange(len(n_words))
        last = before[n_words - 1, :, sequences].swapaxes(0, 1) + chains.end[:, None]
        highest = last.max(axis=-1)
        total = highest + np.log(np.exp(last - highest[..., None]).sum(axis=-1))
    return Lattice(before, after, closing, total)


def viterbi(
    emissions: FloatArray, n_words: npt.NDArray[np.int64], chains: Chains
) -> npt.NDArray[np.int64]:
    """The best tags [N, H, B] (Viterbi, 1967); 0 at padding. Of equals, the lowest index."""
    n_steps, n_heads, n_sequences, n_tags = emissions.shape
    best = chains.start[:, None] + emissions[0]
    stay = np.arange(n_tags)
    sources = np.empty((n_steps, n_heads, n_sequences, n_tags), dtype=np.int64)
    into = chains.transitions.swapaxes(1, 2)[:, None]  # [H, 1, to, from]
    for step in range(1, n_steps):
        goes_on = (step < n_words)[:, None]
        candidates = best[..., None, :] + into
        # Past the end every tag comes from itself: the way back begins at the last word.
        sources[step] = np.where(goes_on, candidates.argmax(axis=-1), stay)
        best = np.where(goes_on, candidates.max(axis=-1) + emissions[step], best)
    tags = np.empty((n_steps, n_heads, n_sequences), dtype=np.int64)
    tags[-1] = (best + chains.end[:, None]).argmax(axis=-1)
    for step in range(n_steps - 1, 0, -1):
        tags[step - 1] = np.take_along_axis(sources[step], tags[step][..., None], axis=-1)[..., 0]
    is_word = np.arange(n_steps)[:, None, None] < n_words
    return np.where(is_word, tags, 0)


def _log_product(states: FloatArray, weights: FloatArray) -> FloatArray:
    """`log(exp(states) @ weights)` for states [H, B, T] and weights [H, T, S]."""
    highest = states.max(axis=-1, keepdims=True)
    product: FloatArray = np.log(np.exp(states - highest) @ weights) + highest
    return product
