"""A linear-chain conditional random field, as a module with one head's learned scores.

Lafferty et al., 2001. The arithmetic, for all heads of a tagger at once, is in `chain`.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from bioweave.document import TagSet
from bioweave.model.chain import (
    FORBIDDEN,
    ChainScores,
    forward_backward,
    log_likelihood,
    viterbi,
)
from bioweave.model.shapes import Emissions, LogScores, Marginals, Tags, WordCounts


class Crf(nn.Module):
    """One head's chain: learned scores for the first tag, each pair of neighbours, and the last.

    What the tag set forbids has the score FORBIDDEN and no gradient. Scores begin at 0.
    """

    allowed_start: Tensor
    allowed_transitions: Tensor
    allowed_end: Tensor

    def __init__(self, tag_set: TagSet) -> None:
        super().__init__()
        n_tags = len(tag_set)
        self.n_tags = n_tags
        self.start = nn.Parameter(torch.zeros(n_tags))
        self.transitions = nn.Parameter(torch.zeros(n_tags, n_tags))
        self.end = nn.Parameter(torch.zeros(n_tags))
        for name, allowed in (
            ("allowed_start", tag_set.may_start),
            ("allowed_transitions", tag_set.may_follow),
            ("allowed_end", tag_set.may_end),
        ):
            self.register_buffer(name, torch.from_numpy(allowed.copy()), persistent=False)

    @classmethod
    def independent(cls, tag_set: TagSet) -> Crf:
        """A chain without ties, scores all 0 and fixed: a softmax over each word's tags.

        Its log-likelihood is the sum of the words' log-softmaxes, its best tags are each word's
        own best, its marginals each word's softmax.
        """
        chain = cls(tag_set)
        for name, parameter in chain.named_parameters():
            parameter.requires_grad_(False)
            getattr(chain, f"allowed_{name}").fill_(True)
        return chain

    def scores(self) -> ChainScores:
        """This chain's scores with a heads axis of 1."""
        return ChainScores(
            self.start.float().where(self.allowed_start, FORBIDDEN)[None],
            self.transitions.float().where(self.allowed_transitions, FORBIDDEN)[None],
            self.end.float().where(self.allowed_end, FORBIDDEN)[None],
        )

    def log_likelihood(self, emissions: Emissions, tags: Tags, n_words: WordCounts) -> LogScores:
        """Each row's log-probability of its tags; 0 for a row without words."""
        return log_likelihood(emissions[:, :, None], tags[:, :, None], n_words, self.scores())[:, 0]

    @torch.no_grad()
    def viterbi(self, emissions: Emissions, n_words: WordCounts) -> Tags:
        """Each row's most probable tags; 0 at padding. Of equals, the lowest index."""
        return viterbi(emissions, n_words, self.scores())

    @torch.no_grad()
    def marginals(self, emissions: Emissions, n_words: WordCounts) -> Marginals:
        """Each word's probability of each tag, summing to 1; zeros at padding."""
        shifted = emissions.float().log_softmax(dim=-1)
        lattice = forward_backward(shifted[:, :, None], n_words, self.scores())
        return lattice.marginals()[:, :, 0]
