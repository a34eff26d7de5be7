"""The relation tagger as `Trainer` wants it: its forward pass gives the loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from bioweave.model.relations import RelationTagger, pool_windows

# Padded pieces whose activations are in memory at once: 16 windows of 384.
MOST_PIECES = 6144


class TrainableRelations(nn.Module):
    """Cross-entropy of each label by itself, summed over a pair's labels, averaged over pairs.

    Where a share of the unrelated pairs is drawn, odds among what is drawn are higher by what is
    missing: `shifts` adds that to the log-odds in the loss, and so the tagger learns those of all
    pairs (King and Zeng, 2001, section 4.1).
    """

    def __init__(self, tagger: RelationTagger) -> None:
        super().__init__()
        self.tagger = tagger

    def forward(
        self, pair_of: Tensor, is_gold: Tensor, asked: Tensor, shifts: Tensor, **inputs: Tensor
    ) -> dict[str, Tensor]:
        """The loss of a batch as `collate_pairs` makes it."""
        log_odds = pool_windows(self._log_odds(inputs), pair_of, len(is_gold))
        losses = F.binary_cross_entropy_with_logits(
            log_odds + shifts[:, None], is_gold.to(log_odds.dtype), reduction="none"
        )
        return {"loss": (losses * asked).sum() / len(is_gold)}

    def _log_odds(self, inputs: Mapping[str, Tensor]) -> Tensor:
        """Of all windows; what does not fit into memory at once is reckoned anew for gradients."""
        if inputs["piece_ids"].numel() <= MOST_PIECES:
            log_odds: Tensor = self.tagger(**inputs)
            return log_odds
        parts = (
            checkpoint(self.tagger, *part.values(), use_reentrant=False) for part in _parts(inputs)
        )
        return torch.cat(list(parts))


def _parts(inputs: Mapping[str, Tensor]) -> Iterator[dict[str, Tensor]]:
    """The windows in stretches of a bounded size, each cut to its own longest window."""
    names = ("piece_ids", "piece_mask", "places", "roles")
    lengths = inputs["piece_mask"].sum(dim=1).tolist()
    start = 0
    while start < len(lengths):
        end, longest = start + 1, lengths[start]
        while end < len(lengths) and (end + 1 - start) * max(longest, lengths[end]) <= MOST_PIECES:
            longest = max(longest, lengths[end])
            end += 1
        rows = {name: inputs[name][start:end] for name in names}
        for name in names[:2]:
            rows[name] = rows[name][:, :longest]
        yield rows
        start = end
