"""Stacking's linear map, fitted to gold tags."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bioweave.experiments.fusing.evidence import Marginals
from bioweave.fusion import StackingPool, stacked_features

# How strongly it is held back: the inverse of scikit-learn's C.
_RIDGE = 10.0
_STEPS = 400
# Of a tag that the documents lack: it is never said.
_NEVER = -50.0


def fit_stacking(
    marginals: Sequence[Marginals],
    hits: Sequence[npt.NDArray[np.float64] | None],
    gold: npt.NDArray[np.int64],
    n_tags: int,
) -> StackingPool:
    """The pool under which gold tags are likeliest, from each document's opinions and hits.

    `gold` [words] are the tags of all documents' words in a row.
    """
    from sklearn.linear_model import LogisticRegression

    pairs = list(zip(marginals, hits, strict=True))
    features = np.concatenate([stacked_features(*pair) for pair in pairs])
    n_members, n_hits = len(marginals[0]), 0 if hits[0] is None else hits[0].shape[1]
    matrix = np.zeros((features.shape[1], n_tags))
    bias = np.full(n_tags, _NEVER)
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
