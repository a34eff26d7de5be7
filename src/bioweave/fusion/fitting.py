"""Weights of pools, fitted to gold tags that no member has learned from."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bioweave.fusion.calibration import fit_temperature, logarithms, sharpened
from bioweave.fusion.chain import FloatArray
from bioweave.fusion.pools import LinearPool, LogLinearPool

IntArray = npt.NDArray[np.int64]

_ROUNDS = 500
_SMALL = 1e-7
# What draws a log-linear pool's weights to the mean, as if from so many words.
_PRIOR_WORDS = 20.0


def fit_linear(marginals: FloatArray, gold: IntArray) -> LinearPool:
    """Temperatures one by one, then the mixture's weights under which gold tags are likeliest.

    `marginals` are [members, n_words, tags], `gold` are tags [n_words]. By expectation and
    maximisation (Dempster et al., 1977): the likelihood has one maximum, and every step nears it.
    """
    temperatures = np.array([fit_temperature(member, gold) for member in marginals])
    if not len(gold):
        return LinearPool.mean(len(marginals))
    calibrated = sharpened(marginals, temperatures)
    right = np.maximum(calibrated[:, np.arange(len(gold)), gold], _SMALL)
    weights = np.full(len(marginals), 1.0 / len(marginals))
    for _ in range(_ROUNDS):
        share = weights[:, None] * right
        updated = (share / share.sum(axis=0)).mean(axis=1)
        is_done = np.abs(updated - weights).max() < _SMALL
        weights = updated
        if is_done:
            break
    return LinearPool(weights, temperatures)


def fit_log_linear(marginals: FloatArray, gold: IntArray) -> LogLinearPool:
    """The powers under which gold tags are likeliest, none of them below 0.

    Shapes are those of `fit_linear`. Newton's method on a convex loss; a member whose power would
    be negative is left out.
    """
    n_members = len(marginals)
    start = np.full(n_members, 1.0 / n_members)
    if not len(gold):
        return LogLinearPool(start)
    logs = logarithms(marginals)
    heard = np.ones(n_members, dtype=np.bool_)
    while True:
        weights = np.zeros(n_members)
        weights[heard] = _newton(logs[heard], gold, start[heard])
        if (weights >= 0).all():
            return LogLinearPool(weights)
        heard[int(np.argmin(weights))] = False


def _newton(logs: FloatArray, gold: IntArray, start: FloatArray) -> FloatArray:
    weights, loss = start, _loss(start, logs, gold, start)
    for _ in range(_ROUNDS):
        scores = np.einsum("m,mnt->nt", weights, logs)
        expected = np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))
        mean = np.einsum("nt,mnt->mn", expected, logs)
        gradient = (mean - logs[:, np.arange(len(gold)), gold]).sum(axis=1)
        gradient += _PRIOR_WORDS * (weights - start)
        curvature = np.einsum("nt,mnt,lnt->ml", expected, logs, logs) - mean @ mean.T
        curvature += _PRIOR_WORDS * np.eye(len(weights))
        step = np.linalg.solve(curvature, gradient)
        size = 1.0
        while (new := _loss(weights - size * step, logs, gold, start)) > loss and size > _SMALL:
            size /= 2
        if loss - new < _SMALL * max(loss, 1.0):
            break
        weights, loss = weights - size * step, new
    return weights


def _loss(weights: FloatArray, logs: FloatArray, gold: IntArray, prior: FloatArray) -> float:
    scores = np.einsum("m,mnt->nt", weights, logs)
    right = scores[np.arange(len(gold)), gold]
    drawn = 0.5 * _PRIOR_WORDS * ((weights - prior) ** 2).sum()
    return float((np.logaddexp.reduce(scores, axis=1) - right).sum() + drawn)
