"""Integrated gradients of a run's tagger, by `captum` (Sundararajan et al., 2017). Needs torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from captum.attr import LayerIntegratedGradients
from torch import Tensor

from bioweave.annotator.preparation import prepare
from bioweave.bundle import Bundle
from bioweave.document import TagSet, WordSpan
from bioweave.errors import ConfigurationError
from bioweave.explanation.game import SpanGame
from bioweave.explanation.hiding import WordHider
from bioweave.explanation.methods.weighing import Weighing
from bioweave.explanation.stretch import cut_stretch
from bioweave.features.batches import pad_windows
from bioweave.features.windows import Window
from bioweave.model.chain import FORBIDDEN, log_partition
from bioweave.model.crf import Crf
from bioweave.model.tagger import Tagger

_STEPS = 64
_STEPS_AT_ONCE = 16


@dataclass(frozen=True, eq=False)
class Gradients:
    """The probability's gradient, summed on the straight way from hidden pieces to the words' own.

    What is integrated is the encoder's embeddings of the sentence's pieces; a word's weight is the
    sum over its pieces. Weights add up to the probability less the base value but for the sum's
    error, `delta`. Only what passes the encoder is weighed: characters, dictionary hits and other
    inputs of the tagger stay as they are, and count in the base. Of a sentence in several windows,
    the one with the span is weighed.
    """

    bundle: Bundle
    tagger: Tagger

    def __call__(self, game: SpanGame) -> Weighing:
        """See `Weigher`. Raises ConfigurationError for a tagger without an encoder."""
        encoder = self.tagger.encoder
        if encoder is None:
            raise ConfigurationError(
                "this run's tagger has no encoder, and only an encoder's pieces have gradients: "
                "explain it by occlusion, shap or lime"
            )
        view = _View.of(game, self.bundle)
        others = {**view.inputs}
        pieces, baseline = others.pop("piece_ids"), view.hidden
        probability = _SpanProbability(self.tagger, others, game, view)
        gradients = LayerIntegratedGradients(probability, encoder.model.get_input_embeddings())
        attributions, delta = gradients.attribute(
            pieces,
            baselines=baseline,
            n_steps=_STEPS,
            internal_batch_size=_STEPS_AT_ONCE,
            return_convergence_delta=True,
        )
        with torch.no_grad():
            base = float(probability(baseline)[0])
        by_piece = attributions[0].sum(dim=-1).double().detach().numpy()
        settings = {"steps": _STEPS, "baseline": "hidden pieces", "delta": float(delta[0])}
        return Weighing(view.by_player(by_piece, game), base, settings)


@dataclass(frozen=True, eq=False)
class _View:
    """The window that shows the span, its tensors, and its pieces with the players hidden.

    `first_word` is the window's first word, counted in the document.
    """

    window: Window
    first_word: int
    inputs: dict[str, Tensor]
    hidden: Tensor

    @classmethod
    def of(cls, game: SpanGame, bundle: Bundle) -> _View:
        """Raises ConfigurationError where no window is wide enough for the span."""
        subject = game.subject
        [prepared] = prepare([subject.document], bundle)
        stretch = cut_stretch(prepared, subject.players.start, subject.players.stop)
        shown = np.ones((1, len(subject.sentence)), dtype=np.bool_)
        first = subject.players.start - subject.sentence.start
        shown[:, first : first + game.n_players] = False
        [blank] = WordHider(prepared, stretch, bundle, subject.sentence)(shown)
        start, end = (word - stretch.word_start for word in (subject.word_start, subject.word_end))
        for own, hidden in zip(stretch.prepared.windows, blank.windows, strict=True):
            if start < own.keep_end and own.word_start <= start and end <= own.word_end:
                features = stretch.prepared.features_of(own)
                inputs = _tensors(own, features)
                pieces = _tensors(hidden, features)["piece_ids"]
                return cls(own, stretch.word_start + own.word_start, inputs, pieces)
        raise ConfigurationError(
            f"the span of {end - start} words is wider than a window of this run: explain a "
            "part of it, or by occlusion, shap or lime"
        )

    def by_player(
        self, by_piece: npt.NDArray[np.float64], game: SpanGame
    ) -> npt.NDArray[np.float64]:
        """Each player's share of its pieces; one that two words share is halved between them."""
        owners = np.zeros(len(by_piece))
        for start, end in self.window.word_pieces.tolist():
            owners[start:end] += 1
        shares = by_piece / np.maximum(owners, 1)
        weights = np.zeros(game.n_players)
        for place, word in enumerate(game.subject.players):
            local = word - self.first_word
            if 0 <= local < len(self.window.word_pieces):
                start, end = self.window.word_pieces[local].tolist()
                weights[place] = shares[start:end].sum()
        return weights


class _SpanProbability:
    """The CRF's probability of the span, as a differentiable function of the window's pieces."""

    def __init__(
        self, tagger: Tagger, others: Mapping[str, Tensor], game: SpanGame, view: _View
    ) -> None:
        self._tagger = tagger
        self._others = others
        self._place = game.head
        self._words = slice(
            game.span.word_start - view.first_word, game.span.word_end - view.first_word
        )
        tag_set = tagger.heads.heads[game.head].tag_set
        self._allowed = _allowed_tags(tag_set, game.span.label, self._words, _n_words(others))

    def __call__(self, piece_ids: Tensor) -> Tensor:
        """[batch]: the probability for each row of pieces."""
        n_rows = len(piece_ids)
        others = {
            name: tensor.expand(n_rows, *tensor.shape[1:]) for name, tensor in self._others.items()
        }
        emissions = self._tagger(
            piece_ids=piece_ids,
            **others,
        )
        own = self._tagger.heads.split(emissions)[self._place].float().log_softmax(dim=-1)
        crf = self._tagger.heads.chains[self._place]
        assert isinstance(crf, Crf)  # a ModuleList forgets what it holds
        n_words, scores = others["n_words"], crf.scores()
        # All taggings that have the span, over all taggings.
        bound = own.masked_fill(~self._allowed[: own.shape[1]], FORBIDDEN)
        ratio = log_partition(bound[:, :, None], n_words, scores) - log_partition(
            own[:, :, None], n_words, scores
        )
        probability: Tensor = ratio[:, 0].exp()
        return probability


def _allowed_tags(tag_set: TagSet, label: str, span: slice, n_words: int) -> Tensor:
    """[words, tags], True for the tags that a word may have where the span is a mention."""
    allowed = torch.ones((n_words, len(tag_set)), dtype=torch.bool)
    length = span.stop - span.start
    tags = tag_set.encode([WordSpan(0, length, label)], length)
    for word, tag in zip(range(span.start, span.stop), tags, strict=True):
        allowed[word] = False
        allowed[word, tag] = True
    if span.stop < n_words:
        for place, name in enumerate(tag_set.names):
            if name[0] in "IE" and name[2:] == label:
                allowed[span.stop, place] = False
    return allowed


def _tensors(window: Window, features: Mapping[str, npt.NDArray[Any]]) -> dict[str, Tensor]:
    inputs = pad_windows([window], None, [features])
    return {name: torch.from_numpy(array) for name, array in inputs.items()}


def _n_words(others: Mapping[str, Tensor]) -> int:
    return int(others["word_pieces"].shape[1])
