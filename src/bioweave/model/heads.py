"""Task heads: one label set each, over the words' shared vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from bioweave.document import TagScheme, TagSet
from bioweave.model.chain import (
    FORBIDDEN,
    ChainScores,
    log_likelihood,
    log_partition,
    stack_scores,
)
from bioweave.model.crf import Crf
from bioweave.model.pooling import word_mask
from bioweave.model.settings import Decoder
from bioweave.model.shapes import (
    Emissions,
    HeadLogScores,
    HeadMask,
    HeadTags,
    OneHeadEmissions,
    Scalar,
    StackedEmissions,
    WordCounts,
    WordVectors,
)


@dataclass(frozen=True, slots=True)
class Head:
    """A task: a name, the labels it finds, and how their spans are spelled out in tags.

    An auxiliary head only teaches what lies below it: annotation never hears of it.
    """

    name: str
    labels: tuple[str, ...]
    scheme: TagScheme = TagScheme.BIO
    auxiliary: bool = False

    @property
    def tag_set(self) -> TagSet:
        """The head's tags."""
        return TagSet(self.labels, self.scheme)


class TaskHeads(nn.Module):
    """A linear layer and a chain for each head.

    One matrix holds all heads' rows: one product, whatever the number of heads.
    """

    def __init__(self, heads: Sequence[Head], n_inputs: int, decoder: Decoder) -> None:
        super().__init__()
        self.heads = tuple(heads)
        self.widths = tuple(len(head.tag_set) for head in heads)
        make = Crf if decoder == "crf" else Crf.independent
        self.chains = nn.ModuleList(make(head.tag_set) for head in heads)
        self.linear = nn.Linear(n_inputs, sum(self.widths))
        nn.init.xavier_uniform_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, words: WordVectors) -> Emissions:
        """Log-scores [batch, words, tags of all heads, in the heads' order]."""
        emissions: Tensor = self.linear(words)
        return emissions

    def without_auxiliary(self) -> TaskHeads:
        """The heads that annotate: their chains are these chains, their matrix is a copy."""
        kept = [number for number, head in enumerate(self.heads) if not head.auxiliary]
        smaller = TaskHeads([self.heads[n] for n in kept], self.linear.in_features, "crf")
        smaller.chains = nn.ModuleList(self.chains[n] for n in kept)
        with torch.no_grad():
            for name in ("weight", "bias"):
                rows = torch.split(getattr(self.linear, name).detach(), list(self.widths))
                getattr(smaller.linear, name).copy_(torch.cat([rows[n] for n in kept]))
        return smaller.to(self.linear.weight.device).train(self.training)

    def split(self, emissions: Emissions) -> tuple[OneHeadEmissions, ...]:
        """Each head's own emissions."""
        return torch.split(emissions, list(self.widths), dim=-1)

    def loss(
        self, emissions: Emissions, tags: HeadTags, head_mask: HeadMask, n_words: WordCounts
    ) -> Scalar:
        """Negative log-likelihood, averaged over the pairs (row, head) that `head_mask` marks.

        A pair's share is the sum over its words, so a long row weighs more. Heads that a row does
        not train get a gradient of exactly zero from it, whatever stands in `tags` there. Without
        any marked pair the loss is 0.
        """
        likelihood = self.log_likelihood(emissions, tags, head_mask, n_words)
        return -likelihood.sum() / head_mask.sum().clamp(min=1)

    def log_likelihood(
        self, emissions: Emissions, tags: HeadTags, head_mask: HeadMask, n_words: WordCounts
    ) -> HeadLogScores:
        """Log-probability of each row's tags by each head; 0 where `head_mask` has no mark."""
        chain = stack_scores([cast("Crf", crf).scores() for crf in self.chains])
        known = tags.where(head_mask[:, None, :], 0)
        likelihood = log_likelihood(self._stacked(emissions), known, n_words, chain)
        return likelihood.where(head_mask, 0.0)

    def soft_log_likelihood(
        self,
        emissions: Emissions,
        soft_tags: StackedEmissions,
        head_mask: HeadMask,
        n_words: WordCounts,
        *,
        temperature: float = 1.0,
    ) -> HeadLogScores:
        """How well each head agrees with a teacher's word-level probabilities; 0 where unmarked.

        The expectation, under the teacher, of what emissions add to the log-probability of a row's
        tags, all scores divided by the temperature: its gradient is the difference between the
        teacher's marginals and the student's (Wang et al., 2020, equation 9, whose pairs of
        neighbours are left out: chains learn from gold tags alone). `soft_tags` sum to 1 over the
        tags of a head at each word.
        """
        scores = stack_scores([cast("Crf", crf).scores() for crf in self.chains])
        chain = ChainScores(*(part.detach() / temperature for part in scores))
        stacked = (self._stacked(emissions) / temperature).log_softmax(dim=-1)
        is_word = word_mask(n_words, stacked.shape[1])[:, :, None, None]
        # 0 times the score of a tag that a narrower head lacks would be fine, but for the padding.
        expected = (stacked * soft_tags).where(is_word, 0.0).sum(dim=(1, 3))
        difference = expected - log_partition(stacked, n_words, chain)
        return difference.where(head_mask, 0.0)

    def _stacked(self, emissions: Emissions) -> StackedEmissions:
        """The heads' emissions beside each other, narrower heads filled up."""
        width = max(self.widths)
        padded = [
            nn.functional.pad(part.float(), [0, width - part.shape[-1]], value=FORBIDDEN)
            for part in self.split(emissions)
        ]
        return torch.stack(padded, dim=2)
