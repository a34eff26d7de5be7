"""Task heads: one label set each, over the words' shared vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from bioweave.document import TagScheme, TagSet
from bioweave.model.chain import FORBIDDEN, log_likelihood, stack_scores
from bioweave.model.crf import Crf
from bioweave.model.settings import Decoder
from bioweave.model.shapes import (
    Emissions,
    HeadMask,
    HeadTags,
    OneHeadEmissions,
    Scalar,
    WordCounts,
    WordVectors,
)


@dataclass(frozen=True, slots=True)
class Head:
    """A task: a name, the labels it finds, and how their spans are spelled out in tags."""

    name: str
    labels: tuple[str, ...]
    scheme: TagScheme = TagScheme.BIO

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
        width = max(self.widths)
        padded = [
            nn.functional.pad(part.float(), [0, width - part.shape[-1]], value=FORBIDDEN)
            for part in self.split(emissions)
        ]
        stacked = torch.stack(padded, dim=2)
        chain = stack_scores([cast("Crf", crf).scores() for crf in self.chains])
        known = tags.where(head_mask[:, None, :], 0)
        likelihood = log_likelihood(stacked, known, n_words, chain)
        counted = likelihood.where(head_mask, 0.0)
        return -counted.sum() / head_mask.sum().clamp(min=1)
