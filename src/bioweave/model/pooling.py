"""From the encoder's pieces to one vector a word."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from bioweave.model.settings import Pooling
from bioweave.model.shapes import (
    Length,
    PieceIds,
    PieceVectors,
    WordCounts,
    WordIndices,
    WordMask,
    WordPieces,
    WordVectors,
)


def word_mask(n_words: WordCounts, width: Length) -> WordMask:
    """True where a row has a word, False where it is padding; `width` words to the row."""
    return torch.arange(width, device=n_words.device)[None, :] < n_words[:, None]


def take_rows(vectors: Tensor, index: Tensor) -> Tensor:
    """`vectors[b, index[b, i]]` for every b and i: [batch, n, features] by [batch, m].

    Flattened first, because a Gather along one axis is what every exporter and runtime does well.
    """
    batch, length, features = vectors.shape
    offsets = torch.arange(batch, device=index.device)[:, None] * length
    flat = vectors.reshape(batch * length, features)
    return flat[(index + offsets).reshape(-1)].reshape(batch, index.shape[1], features)


def spread_to_pieces(
    values: WordIndices, word_pieces: WordPieces, n_words: WordCounts, n_pieces: Length
) -> PieceIds:
    """Each word's value at all of its pieces: [batch, pieces]; 0 where a piece has no word.

    Values are 0 or more. A piece that straddles two words gets the larger of their values.
    """
    place = torch.arange(n_pieces, device=values.device)[None, None, :]
    inside = (place >= word_pieces[..., :1]) & (place < word_pieces[..., 1:])
    inside = inside & word_mask(n_words, word_pieces.shape[1])[..., None]
    return torch.where(inside, values[..., None], 0).amax(dim=1)


class WordPooling(nn.Module):
    """One vector a word, from the pieces that cover it.

    `first` takes the word's first piece, `mean` the average of all, `first_last` both ends, side
    by side. A word that no piece covers (a control character, say) takes the nearest piece before
    it. Padding words are zeros.
    """

    def __init__(self, pooling: Pooling, piece_features: int) -> None:
        super().__init__()
        self.pooling = pooling
        self.width = piece_features * (2 if pooling == "first_last" else 1)

    def forward(
        self, pieces: PieceVectors, word_pieces: WordPieces, n_words: WordCounts
    ) -> WordVectors:
        """Word vectors [batch, words, self.width]."""
        start, end = word_pieces[..., 0], word_pieces[..., 1]
        start = torch.where(end > start, start, (start - 1).clamp(min=0))
        end = torch.maximum(end, start + 1)
        if self.pooling == "first":
            words = take_rows(pieces, start)
        elif self.pooling == "first_last":
            words = torch.cat([take_rows(pieces, start), take_rows(pieces, end - 1)], dim=-1)
        else:
            place = torch.arange(pieces.shape[1], device=pieces.device)[None, None, :]
            inside = (place >= start[..., None]) & (place < end[..., None])
            share = inside.to(pieces.dtype) / (end - start)[..., None].to(pieces.dtype)
            words = share @ pieces
        is_word = word_mask(n_words, word_pieces.shape[1])
        return words * is_word[..., None].to(words.dtype)
