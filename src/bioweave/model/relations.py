"""The relation tagger: windows with marked mentions -> log-odds of each label."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrize

from bioweave.errors import ConfigurationError
from bioweave.model.encoder import Encoder, PieceEncoder
from bioweave.model.pooling import take_rows
from bioweave.model.shapes import PieceIds, PieceMask
from bioweave.relating.windows import HEAD, TAIL

Places = Int[Tensor, "batch places"]
Roles = Int[Tensor, "batch places"]
PlaceVectors = Float[Tensor, "batch places features"]
LogOdds = Float[Tensor, "batch labels"]
PairLogOdds = Float[Tensor, "pairs labels"]
WindowPairs = Int[Tensor, "batch"]

# As transformers draws an encoder's own embeddings.
_SPREAD = 0.02


@dataclass(frozen=True, slots=True)
class RelationModelSettings:
    """What stands on the encoder. Raises ConfigurationError for a value out of range."""

    # A hub id, a folder, or one of `bioweave encoders list`.
    encoder: str = "minilm"
    # Features of a pair between the pieces' vectors and the labels.
    hidden: int = 256
    dropout: float = 0.1

    def __post_init__(self) -> None:
        if self.hidden < 1:
            raise ConfigurationError(f"model.hidden is {self.hidden}; it must be > 0")
        if not 0.0 <= self.dropout < 1.0:
            raise ConfigurationError(f"model.dropout is {self.dropout}; it must be in [0, 1)")


class RelationTagger(nn.Module):
    """Log-odds of every task's labels for one window, in the tasks' order.

    The pair's vector is [head; tail; whole]: log-sum-exp over the opening marks of the window's
    mentions of each end (Zhou et al., 2021, equation 1), and the window's first piece (Baldini
    Soares et al., 2019, mark likewise and take the marks alone; Wu and He, 2019, add the first).
    Each label is decided by itself: of one pair several may hold.
    """

    def __init__(
        self, settings: RelationModelSettings, encoder: PieceEncoder, width: int, n_labels: int
    ) -> None:
        super().__init__()
        self.settings = settings
        self.encoder = encoder
        self.dropout = nn.Dropout(settings.dropout)
        self.hidden = nn.Linear(3 * width, settings.hidden)
        self.labels = nn.Linear(settings.hidden, n_labels)

    def forward(
        self, piece_ids: PieceIds, piece_mask: PieceMask, places: Places, roles: Roles
    ) -> LogOdds:
        """Log-odds [batch, labels], float32; see `bioweave.relating.batches` for the inputs."""
        # One look-up for all that is read: in the exported graph the last layer then computes
        # these places alone.
        vectors = take_rows(self.encoder(piece_ids, piece_mask), places).float()
        ends = [_pooled(vectors, roles == role) for role in (HEAD, TAIL)]
        pair = self.dropout(torch.cat([*ends, vectors[:, 0]], dim=-1))
        hidden = self.dropout(F.gelu(self.hidden(pair)))
        log_odds: Tensor = self.labels(hidden)
        return log_odds.float()

    def with_labels(self, places: Sequence[int]) -> RelationTagger:
        """The tagger for some of its labels. All but the last matrix is shared, not copied."""
        shown = copy.copy(self)
        labels = nn.Linear(self.settings.hidden, len(places))
        with torch.no_grad():
            labels.weight.copy_(self.labels.weight[list(places)])
            labels.bias.copy_(self.labels.bias[list(places)])
        shown._modules = {**self._modules, "labels": labels}
        return shown


def _pooled(vectors: PlaceVectors, is_read: Tensor) -> Tensor:
    # Not -inf: padding would give NaN as a gradient.
    masked = torch.where(is_read[..., None], vectors, vectors.new_full((), -1e4))
    return torch.logsumexp(masked, dim=1)


def pool_windows(log_odds: LogOdds, pair_of: WindowPairs, n_pairs: int) -> PairLogOdds:
    """[pairs, labels]: log-sum-exp over each pair's windows; `pair_of` says whose each is."""
    index = pair_of[:, None].expand_as(log_odds)
    lowest = log_odds.new_full((n_pairs, log_odds.shape[1]), -torch.inf)
    top = lowest.scatter_reduce(0, index, log_odds.detach(), "amax")
    total = torch.zeros_like(top).scatter_add(0, index, torch.exp(log_odds - top[pair_of]))
    return top + torch.log(total)


def add_markers(encoder: Encoder, n_markers: int) -> int:
    """Give the encoder's embeddings rows for markers; returns the first.

    New ones lie around the mean of all others: what is not known looks like nothing in particular.
    """
    model = encoder.module.model
    known = model.get_input_embeddings()
    assert isinstance(known, nn.Embedding)
    first = known.num_embeddings
    mean = known.weight.detach().mean(dim=0)
    model.resize_token_embeddings(first + n_markers, mean_resizing=False)
    grown = model.get_input_embeddings()
    assert isinstance(grown, nn.Embedding)
    with torch.no_grad():
        grown.weight[first:] = mean + _SPREAD * torch.randn(n_markers, len(mean))
    return first


def learn_markers_alone(encoder: PieceEncoder, first: int) -> None:
    """Freeze an encoder but for its markers, the rows of its embeddings from `first` on.

    `merge_markers` makes one table of them again.
    """
    encoder.requires_grad_(False)
    embeddings = encoder.model.get_input_embeddings()
    assert isinstance(embeddings, nn.Embedding)
    rows = _MarkerRows(embeddings.weight.detach()[:first].clone())
    # Unsafe is what another shape than the weight's is called.
    parametrize.register_parametrization(embeddings, "weight", rows, unsafe=True)
    # Its one parameter is now the markers.
    embeddings.requires_grad_(True)


def merge_markers(encoder: PieceEncoder) -> None:
    """Undo `learn_markers_alone`, if it was done; the markers stay as they were learned."""
    embeddings = encoder.model.get_input_embeddings()
    assert isinstance(embeddings, nn.Embedding)
    if parametrize.is_parametrized(embeddings, "weight"):
        parametrize.remove_parametrizations(embeddings, "weight")


class _MarkerRows(nn.Module):
    """The rows that are learned -> the whole table, with those that are known before them."""

    known: Tensor

    def __init__(self, known: Tensor) -> None:
        super().__init__()
        self.register_buffer("known", known, persistent=False)

    def forward(self, markers: Tensor) -> Tensor:
        return torch.cat([self.known, markers])

    def right_inverse(self, table: Tensor) -> Tensor:
        return table[len(self.known) :]


def build_relation_tagger(
    settings: RelationModelSettings, encoder: Encoder, n_labels: int
) -> RelationTagger:
    """A relation tagger on an encoder that has its markers already."""
    return RelationTagger(settings, encoder.module, encoder.width, n_labels)
