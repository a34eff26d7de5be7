"""Integrated gradients of a run's tagger, by `captum` (Sundararajan et al., 2017). Needs torch."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from captum.attr import LayerIntegratedGradients
from torch import Tensor

from bioweave.bundle import Bundle
from bioweave.document import TagSet, WordSpan
from bioweave.errors import ConfigurationError
from bioweave.explanation.game import SpanGame
from bioweave.explanation.methods.weighing import Weighing
from bioweave.explanation.methods.window_view import PIECES, WindowView
from bioweave.model.chain import FORBIDDEN, log_partition
from bioweave.model.crf import Crf
from bioweave.model.tagger import Tagger

_STEPS = 64
_STEPS_AT_ONCE = 16


@dataclass(frozen=True, eq=False)
class Gradients:
    """The probability's gradient, summed on the straight way from hidden pieces to the words' own.

    What is integrated is the encoder's embeddings of the sentence's pieces, or those of both
    encoders together; a word's weight is the sum over its pieces. Weights add up to the probability
    less the base value but for the sum's error, `delta`. Only what passes an encoder is weighed:
    characters, dictionary hits and other inputs of the tagger stay as they are, and count in the
    base. Of a sentence in several windows, the one with the span is weighed.
    """

    bundle: Bundle
    tagger: Tagger

    def __call__(self, game: SpanGame) -> Weighing:
        """See `Weigher`. Raises ConfigurationError for a tagger without an encoder."""
        if self.tagger.encoder is None:
            raise ConfigurationError(
                "this run's tagger has no encoder, and only an encoder's pieces have gradients: "
                "explain it by occlusion, shap or lime"
            )
        view = WindowView.of(game, self.bundle)
        encoders = dict(zip(PIECES, (self.tagger.encoder, self.tagger.second_encoder), strict=True))
        asked = {name: encoder for name, encoder in encoders.items() if encoder is not None}
        others = {name: tensor for name, tensor in view.inputs.items() if name not in asked}
        probability = _SpanProbability(self.tagger, tuple(asked), others, game, view)
        layers = [encoder.model.get_input_embeddings() for encoder in asked.values()]
        baselines = tuple(view.hidden[name] for name in asked)
        with warnings.catch_warnings():
            # Of layers that hang on one another, which embeddings do not.
            warnings.filterwarnings("ignore", "Multiple layers provided")
            gradients = LayerIntegratedGradients(probability, layers)
        attributions, delta = gradients.attribute(
            tuple(view.inputs[name] for name in asked),
            baselines=baselines,
            n_steps=_STEPS,
            internal_batch_size=_STEPS_AT_ONCE,
            return_convergence_delta=True,
        )
        with torch.no_grad():
            base = float(probability(*baselines)[0])
        weights = np.zeros(game.n_players)
        for name, by_value in zip(asked, attributions, strict=True):
            by_piece = by_value[0].sum(dim=-1).double().detach().numpy()
            weights += view.by_player(name, by_piece, game)
        settings = {"steps": _STEPS, "baseline": "hidden pieces", "delta": float(delta[0])}
        return Weighing(weights, base, settings)


class _SpanProbability:
    """The CRF's probability of the span, as a differentiable function of the window's pieces."""

    def __init__(
        self,
        tagger: Tagger,
        asked: Sequence[str],
        others: Mapping[str, Tensor],
        game: SpanGame,
        view: WindowView,
    ) -> None:
        self._tagger = tagger
        self._asked = asked
        self._others = others
        self._place = game.head
        self._words = slice(
            game.span.word_start - view.first_word, game.span.word_end - view.first_word
        )
        tag_set = tagger.heads.heads[game.head].tag_set
        self._allowed = _allowed_tags(tag_set, game.span.label, self._words, _n_words(others))

    def __call__(self, *pieces: Tensor) -> Tensor:
        """[batch]: the probability for each row of pieces, which are those of each encoder."""
        n_rows = len(pieces[0])
        others = {
            name: tensor.expand(n_rows, *tensor.shape[1:]) for name, tensor in self._others.items()
        }
        emissions = self._tagger(**dict(zip(self._asked, pieces, strict=True)), **others)
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


def _n_words(others: Mapping[str, Tensor]) -> int:
    return int(others["word_pieces"].shape[1])
