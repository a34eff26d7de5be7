"""The part-of-speech network: hashed word features, convolutions over the neighbours.

After spaCy's tok2vec (Honnibal and Montani, 2017: hash embeddings of word, affixes and shape, then
residual convolutions), with two changes: features are summed, not concatenated, and those that
were not seen in training count for nothing instead of colliding with others.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

FeatureRows = Int[Tensor, "words features"]
IsWord = Bool[Tensor, "words"]
Words = Float[Tensor, "words width"]
TagScores = Float[Tensor, "words tags"]


@dataclass(frozen=True, slots=True)
class PosNetworkSettings:
    """How wide and deep the network is; found on genia-pos devel.

    What was tried (2 to 4 layers of 64 or 96, tables of 48 or 64, more dropout; one seed each) lies
    within 0.08 points of accuracy: this is the smallest of the best.
    """

    embedding_width: int = 48
    width: int = 96
    n_layers: int = 3
    dropout: float = 0.2
    feature_dropout: float = 0.1  # the share of single features a word loses in training


class PosNetwork(nn.Module):
    """Scores of each word's tags, given rows of the feature table.

    Sentences lie one after another with a row of padding between them, which every layer sees as
    zeros, as it does what is before the first word and after the last. A word's scores depend on
    `n_layers` words to each side and on nothing else.
    """

    def __init__(self, n_rows: int, n_tags: int, settings: PosNetworkSettings) -> None:
        super().__init__()
        width = settings.width
        self.settings = settings
        self.table = nn.Embedding(n_rows, settings.embedding_width, padding_idx=0)
        self.table_norm = nn.LayerNorm(settings.embedding_width)
        self.mix = nn.Linear(settings.embedding_width, width)
        self.layers = nn.ModuleList(nn.Linear(3 * width, width) for _ in range(settings.n_layers))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(settings.n_layers))
        self.output = nn.Linear(width, n_tags)
        # Eleven of them are summed; PyTorch's unit variance would drown what is learned later.
        with torch.no_grad():
            self.table.weight.mul_(0.1)

    def forward(self, rows: FeatureRows, is_word: IsWord) -> TagScores:
        """Unnormalised log-probabilities [words, tags]; what stands at padding means nothing.

        `rows` is 0 for a feature that is unknown.
        """
        settings = self.settings
        if self.training:
            rows = rows * (torch.rand(rows.shape) >= settings.feature_dropout)
        mask = is_word[:, None].to(self.table.weight.dtype)
        words = self._dropout(self.table_norm(self.table(rows).sum(dim=1)))
        words = F.relu(self.mix(words)) * mask
        for layer, norm in zip(self.layers, self.norms, strict=True):
            words = norm(words + self._dropout(F.relu(layer(_with_neighbours(words))))) * mask
        scores: Tensor = self.output(self._dropout(words))
        return scores

    def _dropout(self, words: Words) -> Words:
        return F.dropout(words, self.settings.dropout, self.training)


def _with_neighbours(words: Words) -> Tensor:
    """[words, 3 * width]: the word before, the word, the word after."""
    edge = words.new_zeros(1, words.shape[1])
    return torch.cat([torch.cat([edge, words[:-1]]), words, torch.cat([words[1:], edge])], dim=1)
