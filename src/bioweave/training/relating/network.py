"""The relation tagger as `Trainer` wants it: its forward pass gives the loss."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from bioweave.model.relations import RelationTagger, pool_windows


class TrainableRelations(nn.Module):
    """Cross-entropy of each label by itself, summed over a pair's labels, averaged over pairs."""

    def __init__(self, tagger: RelationTagger) -> None:
        super().__init__()
        self.tagger = tagger

    def forward(
        self, pair_of: Tensor, is_gold: Tensor, asked: Tensor, **inputs: Tensor
    ) -> dict[str, Tensor]:
        """The loss of a batch as `collate_pairs` makes it."""
        log_odds = pool_windows(self.tagger(**inputs), pair_of, len(is_gold))
        losses = F.binary_cross_entropy_with_logits(
            log_odds, is_gold.to(log_odds.dtype), reduction="none"
        )
        return {"loss": (losses * asked).sum() / len(is_gold)}
