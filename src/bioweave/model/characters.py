"""A word's vector from its characters: a BiLSTM's last states, or a CNN's strongest answers."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from bioweave.model.context import BidirectionalContext
from bioweave.model.pooling import take_rows
from bioweave.model.shapes import Characters, WordVectors


class CharacterBiLSTM(nn.Module):
    """The last state of each direction, side by side (Lample et al., 2016, section 4.1).

    Character 0 is padding, to the right of the word. A word without characters is zeros.
    """

    def __init__(self, n_characters: int, character_width: int, width: int) -> None:
        super().__init__()
        self.width = width
        self.embedding = character_embedding(n_characters, character_width)
        self.network = BidirectionalContext("bilstm", character_width, width)

    def forward(self, characters: Characters) -> WordVectors:
        """Word vectors [batch, words, self.width]."""
        batch, words, length = characters.shape
        flat = characters.reshape(batch * words, length)
        lengths = (flat != 0).sum(dim=1)
        states = self.network(self.embedding(flat), lengths)
        last = (lengths - 1).clamp(min=0)[:, None]
        half = self.width // 2
        # The leftward network has read the whole word when it stands on the first character.
        rightward = take_rows(states[..., :half], last)[:, 0]
        leftward = states[:, 0, half:]
        vectors = torch.cat([rightward, leftward], dim=-1)
        vectors = vectors * (lengths > 0)[:, None].to(vectors.dtype)
        return vectors.reshape(batch, words, self.width)


class CharacterCnn(nn.Module):
    """Filters three characters wide, each one's maximum over the word (Ma and Hovy, 2016).

    Character 0 is padding, to the right of the word. A word without characters is zeros.
    """

    def __init__(self, n_characters: int, character_width: int, width: int) -> None:
        super().__init__()
        self.width = width
        self.embedding = character_embedding(n_characters, character_width)
        # The border's zeros equal padding's embedding: more padding changes nothing.
        self.filters = nn.Conv1d(character_width, width, kernel_size=3, padding=1)

    def forward(self, characters: Characters) -> WordVectors:
        """Word vectors [batch, words, self.width]."""
        batch, words, length = characters.shape
        flat = characters.reshape(batch * words, length)
        is_character = flat != 0
        answers = self.filters(self.embedding(flat).transpose(1, 2))
        lowest = torch.finfo(answers.dtype).min
        strongest = answers.masked_fill(~is_character[:, None, :], lowest).amax(dim=-1)
        vectors: Tensor = strongest.masked_fill(~is_character.any(dim=-1)[:, None], 0.0)
        return vectors.reshape(batch, words, self.width)


def character_embedding(n_values: int, width: int) -> nn.Embedding:
    """An embedding whose row 0 is zeros and stays so; the rest is uniform, of variance 1/width."""
    embedding = nn.Embedding(n_values, width, padding_idx=0)
    with torch.no_grad():
        bound = math.sqrt(3.0 / width)
        embedding.weight.uniform_(-bound, bound)[0] = 0.0
    return embedding
