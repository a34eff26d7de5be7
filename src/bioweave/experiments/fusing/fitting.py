"""Pools fitted to documents that no member learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bioweave.annotator.fused_inference import dictionary_hits
from bioweave.bundle import FusedBundle, FusionMethod
from bioweave.experiments.fusing.opinions import HeardModel, Opinions, pooled
from bioweave.fusion import (
    LinearPool,
    Pool,
    StackingPool,
    fit_linear,
    fit_log_linear,
    fit_temperature,
    stacked_features,
)
from bioweave.scoring import strict_f1

# How strongly stacking is held back: the inverse of scikit-learn's C.
_RIDGE = 10.0
_STEPS = 400


def fit_fusion(
    draft: FusedBundle, method: FusionMethod, opinions: Sequence[Opinions]
) -> FusedBundle:
    """The draft with pools of this method, fitted to what is annotated of each head's labels.

    The mean and the vote calibrate their members and give each the same weight; of a vote the
    majority is chosen as well. A head whose labels no document is annotated with gets the plain
    mean.
    """
    pools = tuple(_fit_head(draft, place, method, opinions) for place in range(len(draft.pools)))
    fusion = draft.fusion.model_copy(update={"method": method})
    fitted = replace(
        draft, manifest=draft.manifest.model_copy(update={"fusion": fusion}), pools=pools
    )
    return _with_majority(fitted, opinions) if method == "vote" else fitted


def _fit_head(
    draft: FusedBundle, place: int, method: FusionMethod, opinions: Sequence[Opinions]
) -> Pool:
    head = draft.manifest.heads[place]
    annotated = [one for one in opinions if set(head.labels) <= set(one.labels)]
    if not annotated:
        return LinearPool.mean(len(draft.members))
    by_document = [one for part in annotated for one in part.marginals(place)]
    gold = np.concatenate([tags for part in annotated for tags in part.gold_tags(head.tag_set)])
    if method == "stacking":
        hits = [
            dictionary_hits(one.prepared, draft)
            for part in annotated
            for one in part.annotations[0]
        ]
        return _fit_stacking(by_document, hits, gold, len(head.tags))
    marginals = np.concatenate(by_document, axis=1)
    if method == "weighted":
        return fit_linear(marginals, gold)
    if method == "log-linear":
        return fit_log_linear(marginals, gold)
    n_members = len(marginals)
    temperatures = np.array([fit_temperature(member, gold) for member in marginals])
    return LinearPool(np.full(n_members, 1.0 / n_members), temperatures)


def _fit_stacking(
    marginals: Sequence[npt.NDArray[np.float64]],
    hits: Sequence[npt.NDArray[np.float64] | None],
    gold: npt.NDArray[np.int64],
    n_tags: int,
) -> StackingPool:
    from sklearn.linear_model import LogisticRegression

    pairs = list(zip(marginals, hits, strict=True))
    features = np.concatenate([stacked_features(*pair) for pair in pairs])
    n_members, n_hits = len(marginals[0]), 0 if hits[0] is None else hits[0].shape[1]
    matrix = np.zeros((features.shape[1], n_tags))
    # A tag that the documents lack is never said.
    bias = np.full(n_tags, -50.0)
    present = np.unique(gold)
    if len(present) < 2:
        bias[present] = 0.0
        return StackingPool(matrix, bias, n_members, n_hits)
    model = LogisticRegression(C=1 / _RIDGE, max_iter=_STEPS).fit(features, gold)
    if len(present) == 2:  # one row of weights, for the second class
        matrix[:, present[1]], bias[present] = model.coef_[0], (0.0, model.intercept_[0])
    else:
        matrix[:, present], bias[present] = model.coef_.T, model.intercept_
    return StackingPool(matrix, bias, n_members, n_hits)


def _with_majority(fitted: FusedBundle, opinions: Sequence[Opinions]) -> FusedBundle:
    """The share of votes that gives the best strict F1; of equals the one nearest to a half."""
    n_members = len(fitted.members)
    shares = sorted(
        ((votes - 0.5) / n_members for votes in range(1, n_members + 1)),
        key=lambda share: abs(share - 0.5),
    )
    tried = [_voting(fitted, share) for share in shares]
    scores = [_mean_f1(one, opinions) for one in tried]
    return tried[int(np.argmax(scores))]


def _voting(fitted: FusedBundle, share: float) -> FusedBundle:
    update = {"fusion": fitted.fusion.model_copy(update={"majority": share})}
    return replace(fitted, manifest=fitted.manifest.model_copy(update=update))


def _mean_f1(bundle: FusedBundle, opinions: Sequence[Opinions]) -> float:
    scores = []
    for one in opinions:
        model = HeardModel(bundle, pooled(bundle, one))
        found = [document for document, _ in model.score(one.gold)]
        scores.append(strict_f1(one.gold, found, one.labels))
    return float(np.mean(scores))
