"""The arithmetic of linear chains: likelihood, forward-backward, Viterbi.

In float32 whatever the emissions' type. Loops run over words only; rows, heads and both directions
go together, and the gradient is worked out rather than traced, so that a training step loops once.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx, once_differentiable

from bioweave.model.context import mirror_index
from bioweave.model.pooling import word_mask
from bioweave.model.shapes import (
    Emissions,
    HeadEmissions,
    HeadLogScores,
    HeadTags,
    StartScores,
    Tags,
    TransitionScores,
    WordCounts,
)

# exp(FORBIDDEN) is exactly 0 in float32, and sums of it stay finite, unlike those of -inf, whose
# differences are NaN.
FORBIDDEN = -10_000.0


class ChainScores(NamedTuple):
    """Log-scores of several heads' chains; `transitions[h, i, j]` is for tag j right after tag i.

    Heads with fewer tags than the widest are filled up with tags that no chain may take.
    """

    start: StartScores
    transitions: TransitionScores
    end: StartScores


def stack_scores(chains: list[ChainScores]) -> ChainScores:
    """Several chains as one, narrower ones filled up with FORBIDDEN."""
    width = max(chain.start.shape[1] for chain in chains)
    padded = [
        [
            nn.functional.pad(part, [0, width - part.shape[-1]] * (part.dim() - 1), value=FORBIDDEN)
            for part in chain
        ]
        for chain in chains
    ]
    start, transitions, end = (torch.cat(parts) for parts in zip(*padded, strict=True))
    return ChainScores(start, transitions, end)


def log_likelihood(
    emissions: HeadEmissions, tags: HeadTags, n_words: WordCounts, chain: ChainScores
) -> HeadLogScores:
    """Log-probability of each row's tags by each head; 0 for a row without words."""
    with torch.autocast(emissions.device.type, enabled=False):
        # A shift of a word's scores changes nothing but the rounding, which grows with their sum.
        emissions = emissions.float().log_softmax(dim=-1)
        difference = chain_score(emissions, tags, n_words, chain) - log_partition(
            emissions, n_words, chain
        )
        return difference.where((n_words > 0)[:, None], 0.0)


def chain_score(
    emissions: HeadEmissions, tags: HeadTags, n_words: WordCounts, chain: ChainScores
) -> HeadLogScores:
    """Unnormalised log-score of each row's tags by each head."""
    is_word = word_mask(n_words, emissions.shape[1])[:, :, None]
    head = torch.arange(emissions.shape[2], device=tags.device)
    tags = tags.where(is_word, 0)
    emitted = emissions.gather(3, tags[..., None])[..., 0].where(is_word, 0.0).sum(dim=1)
    pairs = chain.transitions[head, tags[:, :-1], tags[:, 1:]]
    return (
        emitted
        + pairs.where(is_word[:, 1:], 0.0).sum(dim=1)
        + chain.start[head, tags[:, 0]]
        + chain.end[head, _at_last(tags, n_words)]
    )


def log_partition(
    emissions: HeadEmissions, n_words: WordCounts, chain: ChainScores
) -> HeadLogScores:
    """Logarithm of the sum over all chains of tags of each row, by each head."""
    result: Tensor = _LogPartition.apply(  # type: ignore[no-untyped-call]
        emissions, n_words, *chain
    )
    return result


class Lattice(NamedTuple):
    """What forward-backward knows of each row: everything up to a word, and from it onward.

    Both [batch, words, heads, tags], both with the word's own emission. What stands at padding
    means nothing.
    """

    before: HeadEmissions
    after: HeadEmissions
    emissions: HeadEmissions
    n_words: WordCounts
    log_partition: HeadLogScores

    def marginals(self) -> HeadEmissions:
        """Each word's probability of each tag; zeros at padding."""
        joint = self.before + self.after - self.emissions
        is_word = word_mask(self.n_words, self.before.shape[1])[:, :, None, None]
        # Divided by their own sum rather than by the whole row's, which is rounded more coarsely.
        return joint.softmax(dim=-1).where(is_word, 0.0)

    def pair_marginals(
        self, transitions: TransitionScores, weight: HeadLogScores
    ) -> TransitionScores:
        """Expected counts of neighbouring tags, the rows weighted and summed.

        Rabiner, 1989, equation 37, and the numerator of 40b.
        """
        is_pair = word_mask(self.n_words - 1, self.before.shape[1] - 1)[:, :, None]
        joint = self.before[:, :-1, :, :, None] + self.after[:, 1:, :, None, :] + transitions
        shares = joint.flatten(-2).softmax(dim=-1).unflatten(-1, joint.shape[-2:])
        weights = weight[:, None].expand(-1, is_pair.shape[1], -1).where(is_pair, 0.0)
        return torch.einsum("bwhij,bwh->hij", shares, weights)


def forward_backward(emissions: HeadEmissions, n_words: WordCounts, chain: ChainScores) -> Lattice:
    """The forward-backward recursion (Rabiner, 1989, section III.A) in logarithms.

    Backward is forward over the mirrored row with transposed transitions: one loop does both, as
    if there were twice as many heads.
    """
    n_heads = emissions.shape[2]
    is_word = word_mask(n_words, emissions.shape[1])
    emissions = emissions.where(is_word[:, :, None, None], 0.0)
    row = torch.arange(len(emissions), device=emissions.device)[:, None]
    mirror = mirror_index(n_words, emissions.shape[1])
    both = torch.cat([emissions, emissions[row, mirror]], dim=2)
    transitions = torch.cat([chain.transitions, chain.transitions.mT])
    first, *others = both.unbind(dim=1)
    states = [torch.cat([chain.start, chain.end]) + first]
    for emitted in others:
        reached = torch.logsumexp(states[-1][..., None] + transitions, dim=2)
        states.append(reached + emitted)
    before, mirrored = torch.stack(states, dim=1).split(n_heads, dim=2)
    total = torch.logsumexp(_at_last(before, n_words) + chain.end, dim=-1)
    return Lattice(before, mirrored[row, mirror], emissions, n_words, total)


class _LogPartition(torch.autograd.Function):
    """The log-partition, whose derivatives are expected counts."""

    @staticmethod
    def forward(
        ctx: FunctionCtx,
        emissions: Tensor,
        n_words: Tensor,
        start: Tensor,
        transitions: Tensor,
        end: Tensor,
    ) -> Tensor:
        lattice = forward_backward(emissions, n_words, ChainScores(start, transitions, end))
        ctx.save_for_backward(transitions, *lattice)
        return lattice.log_partition

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        transitions, *parts = ctx.saved_tensors
        lattice = Lattice(*parts)
        counts = lattice.marginals() * gradient[:, None, :, None]
        return (
            counts,
            None,
            counts[:, 0].sum(dim=0),
            lattice.pair_marginals(transitions, gradient),
            _at_last(counts, lattice.n_words).sum(dim=0),
        )


def viterbi(emissions: Emissions, n_words: WordCounts, chain: ChainScores) -> Tags:
    """The best chain of tags of each row (Viterbi, 1967), for a `chain` of one head."""
    emissions = emissions.float()
    goes_on = word_mask(n_words, emissions.shape[1])
    best = chain.start[0] + emissions[:, 0]
    stay = torch.arange(best.shape[1], device=best.device).expand_as(best)
    sources = []
    for step in range(1, emissions.shape[1]):
        going = goes_on[:, step, None]
        highest, source = (best[..., None] + chain.transitions[0]).max(dim=1)
        best = (highest + emissions[:, step]).where(going, best)
        # Past the end every tag comes from itself: the way back begins at the last word.
        sources.append(source.where(going, stay))
    tags = [(best + chain.end[0]).argmax(dim=1)]
    for source in reversed(sources):
        tags.append(source.gather(1, tags[-1][:, None])[:, 0])
    return torch.stack(tags[::-1], dim=1).where(goes_on, 0)


def _at_last(values: Tensor, n_words: Tensor) -> Tensor:
    """What stands at each row's last word: [batch, words, ...] to [batch, ...]."""
    row = torch.arange(len(values), device=values.device)
    return values[row, (n_words - 1).clamp(min=0)]
