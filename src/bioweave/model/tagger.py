"""The paper's tagger (its figure 2): word features, context, task heads."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from bioweave.model.characters import CharacterBiLSTM, CharacterCnn, character_embedding
from bioweave.model.context import BidirectionalContext
from bioweave.model.encoder import PieceEncoder
from bioweave.model.heads import Head, TaskHeads
from bioweave.model.joining import JoinedVectors
from bioweave.model.pooling import WordPooling, spread_to_pieces
from bioweave.model.settings import InputSizes, TaggerSettings
from bioweave.model.shapes import (
    Characters,
    DictionaryHits,
    Emissions,
    HeadMask,
    HeadTags,
    PieceIds,
    PieceMask,
    PieceVectors,
    Scalar,
    SecondPieceIds,
    SecondPieceMask,
    TemplateIds,
    WordCounts,
    WordIndices,
    WordPieces,
)
from bioweave.model.templates import TemplateSum

VectorMatrix = npt.NDArray[np.float32]


# How the names of pretrained parameters begin.
ENCODERS = ("encoder.", "second_encoder.")


class Tagger(nn.Module):
    """From pieces and word features to each word's log-scores of each head's tags.

    The source paper's figure 2 and equations 3.1 to 3.4, in the order of the data. With [a; b] for
    a beside b, word w's vector passes through

        x_w = [encoder; vectors; characters; pos; hits; templates]     what is known of the word
        h_w = [rightward(x)_w; leftward(x)_w]                          `context`
        r_w = A h_w + a                                                `bottleneck`
        e_w = B r_w + b                                                `heads.linear`
        P(y | x) ~ exp(start[y_1] + sum e_w[y_w] + sum transitions[y_w, y_w+1] + end[y_n])

    where the last line, one chain a head, is `heads.chains`. Parts that the settings leave out are
    None.

    With two encoders, the paper's fusion of BioBERT and SciBERT, x_w begins with both vectors or
    with what a gate makes of them (`joined`). Where this deviates from the paper: each part is
    optional, several heads share everything below
    them, dropout stands not only over x but also over h where there is a context, and word
    embeddings may enter below the encoder (`settings.vectors_at`): each piece's own embedding plus
    a linear image of its word's, which starts at zero.
    """

    def __init__(
        self,
        settings: TaggerSettings,
        heads: Sequence[Head],
        *,
        encoder: PieceEncoder | None,
        encoder_width: int,
        sizes: InputSizes,
        vectors: VectorMatrix | None,
        second_encoder: PieceEncoder | None = None,
        second_width: int = 0,
    ) -> None:
        super().__init__()
        self.settings = settings
        self.n_dictionary = sizes.dictionary if settings.dictionary else 0
        self.encoder = encoder
        self.pooling = WordPooling(settings.pooling, encoder_width) if encoder else None
        self.second_encoder = second_encoder
        self.second_pooling: WordPooling | None = None
        self.joined: JoinedVectors | None = None
        if self.pooling is not None and second_encoder is not None:
            self.second_pooling = WordPooling(settings.pooling, second_width)
            widths = self.pooling.width, self.second_pooling.width
            self.joined = JoinedVectors(settings.join, *widths)
        self.vectors = _vectors(vectors, settings.train_vectors)
        self.vectors_below: nn.Linear | None = None
        if self.vectors is not None and encoder is not None and settings.vectors_at != "words":
            below = nn.Linear(self.vectors.embedding_dim, encoder.embedding_width, bias=False)
            # From zero: training starts from the encoder exactly as it was pretrained.
            nn.init.zeros_(below.weight)
            self.vectors_below = below
        self.has_vectors_beside = self.vectors is not None and settings.vectors_at != "pieces"
        self.characters: CharacterBiLSTM | CharacterCnn | None = None
        if settings.characters != "none":
            kind = CharacterBiLSTM if settings.characters == "bilstm" else CharacterCnn
            self.characters = kind(
                sizes.characters, settings.character_width, settings.character_output
            )
        self.pos = character_embedding(sizes.pos, settings.pos_width) if settings.pos else None
        self.templates: TemplateSum | None = None
        if settings.templates:
            self.templates = TemplateSum(sizes.templates, settings.template_width)
        self.dropout = nn.Dropout(settings.dropout)
        width = (
            (self.joined.width if self.joined else self.pooling.width if self.pooling else 0)
            + (self.vectors.embedding_dim if self.vectors and self.has_vectors_beside else 0)
            + (self.characters.width if self.characters else 0)
            + (self.pos.embedding_dim if self.pos else 0)
            + self.n_dictionary
            + (self.templates.width if self.templates else 0)
        )
        self.context: BidirectionalContext | None = None
        if settings.context != "none":
            self.context = BidirectionalContext(
                settings.context,
                width,
                settings.context_width,
                n_layers=settings.context_layers,
            )
            width = settings.context_width
        self.bottleneck = nn.Linear(width, settings.bottleneck) if settings.bottleneck else None
        self.heads = TaskHeads(heads, settings.bottleneck or width, settings.decoder)

    @property
    def input_names(self) -> tuple[str, ...]:
        """The inputs that `forward` uses, in its order."""
        used = {
            "piece_ids": self.encoder,
            "piece_mask": self.encoder,
            "word_pieces": self.encoder,
            "n_words": self,
            "characters": self.characters,
            "pos": self.pos,
            "vectors": self.vectors,
            "dictionary": self if self.n_dictionary else None,
            "templates": self.templates,
            "second_piece_ids": self.second_encoder,
            "second_piece_mask": self.second_encoder,
            "second_word_pieces": self.second_encoder,
        }
        return tuple(name for name, part in used.items() if part is not None)

    def forward(
        self,
        piece_ids: PieceIds | None,
        piece_mask: PieceMask | None,
        word_pieces: WordPieces | None,
        n_words: WordCounts,
        characters: Characters | None = None,
        pos: WordIndices | None = None,
        vectors: WordIndices | None = None,
        dictionary: DictionaryHits | None = None,
        templates: TemplateIds | None = None,
        second_piece_ids: SecondPieceIds | None = None,
        second_piece_mask: SecondPieceMask | None = None,
        second_word_pieces: WordPieces | None = None,
    ) -> Emissions:
        """Log-scores [batch, words, tags of all heads, in the heads' order], float32.

        A word's scores depend on its own row alone: not on padding, nor on the batch's other rows.
        What stands at padding words means nothing. Inputs that the tagger does not use may be
        None.
        """
        parts: list[Tensor] = []
        if self.encoder is not None and self.pooling is not None:
            below = self._below(vectors, piece_ids, word_pieces, n_words)
            pieces = self.encoder(piece_ids, piece_mask, below)
            words = self.pooling(pieces, word_pieces, n_words)
            if self.second_encoder is not None and self.second_pooling is not None:
                assert self.joined is not None
                seconds = self.second_encoder(second_piece_ids, second_piece_mask)
                second = self.second_pooling(seconds, second_word_pieces, n_words)
                words = self.joined(words, second)
            parts.append(words)
        if self.vectors is not None and self.has_vectors_beside:
            parts.append(self.vectors(vectors))
        if self.characters is not None:
            parts.append(self.characters(characters))
        if self.pos is not None:
            parts.append(self.pos(pos))
        if self.n_dictionary and dictionary is not None:
            parts.append(dictionary)
        if self.templates is not None:
            parts.append(self.templates(templates))
        words = self.dropout(parts[0] if len(parts) == 1 else torch.cat(parts, dim=-1))
        if self.context is not None:
            words = self.dropout(self.context(words, n_words))
        if self.bottleneck is not None:
            words = self.bottleneck(words)
        emissions: Tensor = self.heads(words)
        return emissions.float()

    def _below(
        self,
        vectors: WordIndices | None,
        piece_ids: PieceIds | None,
        word_pieces: WordPieces | None,
        n_words: WordCounts,
    ) -> PieceVectors | None:
        """What word embeddings add to the pieces' own, or None."""
        if self.vectors is None or self.vectors_below is None:
            return None
        assert vectors is not None and piece_ids is not None and word_pieces is not None
        rows = spread_to_pieces(vectors, word_pieces, n_words, piece_ids.shape[1])
        below: Tensor = self.vectors_below(self.vectors(rows))
        return below

    def loss(
        self, emissions: Emissions, tags: HeadTags, head_mask: HeadMask, n_words: WordCounts
    ) -> Scalar:
        """Negative log-likelihood, averaged over the pairs (window, head) that `head_mask` marks.

        See `TaskHeads.loss`. `tags[..., h]` counts within head h's own tags.
        """
        return self.heads.loss(emissions, tags, head_mask, n_words)

    def without_auxiliary_heads(self) -> Tagger:
        """The tagger as it annotates. Everything but the heads' matrix is shared, not copied."""
        if not any(head.auxiliary for head in self.heads.heads):
            return self
        shown = copy.copy(self)
        shown._modules = {**self._modules, "heads": self.heads.without_auxiliary()}
        return shown

    def encoder_parameters(self) -> Iterator[nn.Parameter]:
        """The pretrained parameters, which want a small learning rate."""
        return (parameter for name, parameter in self._trained() if name.startswith(ENCODERS))

    def head_parameters(self) -> Iterator[nn.Parameter]:
        """All others that are trained: they start from nothing and want a larger one."""
        return (parameter for name, parameter in self._trained() if not name.startswith(ENCODERS))

    def _trained(self) -> Iterator[tuple[str, nn.Parameter]]:
        return (named for named in self.named_parameters() if named[1].requires_grad)


def _vectors(matrix: VectorMatrix | None, is_trained: bool) -> nn.Embedding | None:
    if matrix is None:
        return None
    weights = torch.from_numpy(np.array(matrix, dtype=np.float32))
    embedding: nn.Embedding = nn.Embedding.from_pretrained(weights, freeze=not is_trained)
    return embedding
