"""Dropout inside the encoder, set by the recipe instead of by the encoder's own configuration."""

from __future__ import annotations

from torch import nn

from bioweave.model.encoder import PieceEncoder


def set_encoder_dropout(encoder: PieceEncoder, *, hidden: float, attention: float) -> None:
    """Set every dropout of the encoder: that over attention weights, and all others (`hidden`)."""
    for parent in encoder.modules():
        # Only what makes queries has attention weights; what each model calls them differs.
        over_weights = any(name in {"query", "q", "q_lin"} for name, _ in parent.named_children())
        for child in parent.children():
            if isinstance(child, nn.Dropout):
                child.p = attention if over_weights else hidden
