"""Pools fitted to documents that no member learned from, or only members that had not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bioweave.bundle import FusedBundle, FusionMethod
from bioweave.experiments.fusing.evidence import Evidence
from bioweave.experiments.fusing.opinions import HeardModel, Opinions, pooled
from bioweave.experiments.fusing.stacking_fit import fit_stacking
from bioweave.features.word_features import WordFeaturizer
from bioweave.fusion import LinearPool, Pool, fit_linear, fit_log_linear, fit_temperature
from bioweave.scoring import strict_f1


@dataclass(frozen=True, eq=False)
class Fitting:
    """How the members of a draft become a fused bundle of any method.

    Stacking is fitted to what is `out_of_fold`, if that is given, and to dev as the other methods
    are if not; it alone is given the hits of the `featurizer`'s dictionary.
    """

    draft: FusedBundle
    out_of_fold: tuple[Evidence, ...] = ()
    featurizer: WordFeaturizer | None = None

    def learns_from_dev(self, method: FusionMethod) -> bool:
        """Whether a method's pools depend on the opinions that `fit` is given."""
        return method != "stacking" or not self.out_of_fold

    def fit(self, method: FusionMethod, opinions: Sequence[Opinions]) -> FusedBundle:
        """The draft with pools of this method, fitted to what is annotated of each head's labels.

        The mean and the vote calibrate their members and give each the same weight; of a vote the
        majority is chosen as well. A head whose labels no document is annotated with gets the plain
        mean.
        """
        if not self.learns_from_dev(method):
            return self._stacked
        fitted = self._fitted(method, [one.evidence for one in opinions])
        return _with_majority(fitted, opinions) if method == "vote" else fitted

    @cached_property
    def _stacked(self) -> FusedBundle:
        return self._fitted("stacking", self.out_of_fold)

    def _fitted(self, method: FusionMethod, evidence: Sequence[Evidence]) -> FusedBundle:
        manifest = self.draft.manifest.model_copy(
            update={"fusion": self.draft.fusion.model_copy(update={"method": method})}
        )
        bundle = replace(
            self.draft,
            manifest=manifest,
            featurizer=self.featurizer if method == "stacking" else None,
        )
        pools = tuple(_fit_head(bundle, place, evidence) for place in range(len(bundle.pools)))
        return replace(bundle, pools=pools)


def _fit_head(bundle: FusedBundle, place: int, evidence: Sequence[Evidence]) -> Pool:
    head, method = bundle.manifest.heads[place], bundle.fusion.method
    annotated = [one for one in evidence if set(head.labels) <= set(one.labels)]
    if not annotated:
        return LinearPool.mean(len(bundle.members))
    by_document = [one for part in annotated for one in part.marginals[place]]
    gold = np.concatenate([tags for part in annotated for tags in part.gold_tags(head.tag_set)])
    if method == "stacking":
        hits = [one for part in annotated for one in part.hits(bundle)]
        return fit_stacking(by_document, hits, gold, len(head.tags))
    marginals = np.concatenate(by_document, axis=1)
    if method == "weighted":
        return fit_linear(marginals, gold)
    if method == "log-linear":
        return fit_log_linear(marginals, gold)
    n_members = len(marginals)
    temperatures = np.array([fit_temperature(member, gold) for member in marginals])
    return LinearPool(np.full(n_members, 1.0 / n_members), temperatures)


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
