"""Feature templates in the tagger: the sum of what a word's hashed features weigh."""

from __future__ import annotations

from torch import Tensor, nn

from bioweave.model.shapes import TemplateIds, WordVectors


class TemplateSum(nn.Module):
    """[B, W, templates] places -> [B, W, width]; a place of 0 weighs nothing.

    With a linear layer and a CRF on top of it, and nothing else, this is a linear-chain CRF over
    feature functions (Lafferty et al., 2001) whose weights have at most `width` degrees of freedom.
    """

    def __init__(self, n_places: int, width: int) -> None:
        super().__init__()
        self.width = width
        self.table = nn.Embedding(n_places, width, padding_idx=0)
        nn.init.zeros_(self.table.weight)

    def forward(self, templates: TemplateIds) -> WordVectors:
        """The words' vectors."""
        summed: Tensor = self.table(templates).sum(dim=2)
        return summed
