"""Two encoders' vectors of a word -> one."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from bioweave.model.settings import Join
from bioweave.model.shapes import WordVectors


class JoinedVectors(nn.Module):
    """The vectors side by side, or mixed by a gate.

    The gate (Arevalo et al., 2017, without their tanh) decides feature by feature, for each word,
    how much of each encoder's image goes in: where the two disagree about a word, the context says
    whom to believe.
    """

    def __init__(self, join: Join, first_width: int, second_width: int) -> None:
        super().__init__()
        self.join = join
        self.width = first_width + second_width if join == "concat" else first_width
        if join == "gate":
            self.gate = nn.Linear(first_width + second_width, self.width)
            self.image = nn.Linear(second_width, self.width)

    def forward(self, first: WordVectors, second: WordVectors) -> WordVectors:
        """Both [batch, words, own width] -> [batch, words, width]."""
        both = torch.cat([first, second], dim=-1)
        if self.join == "concat":
            return both
        share = torch.sigmoid(self.gate(both))
        mixed: Tensor = share * first + (1 - share) * self.image(second)
        return mixed
