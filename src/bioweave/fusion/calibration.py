"""Temperatures: how sure a member may be taken to be."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bioweave.fusion.chain import LEAST_PROBABILITY, FloatArray

# 1 / temperature, from very soft to very sharp.
_POWERS = np.geomspace(0.2, 5.0, 129)


def logarithms(probabilities: FloatArray) -> FloatArray:
    """Logarithms, of which none is below a floor."""
    logs: FloatArray = np.log(np.maximum(probabilities, LEAST_PROBABILITY))
    return logs


def sharpened(marginals: FloatArray, temperatures: FloatArray) -> FloatArray:
    """[members, n_words, tags], each member's rows raised to 1 / temperature and summing to 1."""
    if (temperatures == 1.0).all():
        return marginals
    scores = logarithms(marginals) / temperatures[:, None, None]
    return np.exp(scores - np.logaddexp.reduce(scores, axis=2, keepdims=True))


def fit_temperature(marginals: FloatArray, gold: npt.NDArray[np.int64]) -> float:
    """The temperature of one member [n_words, tags] under which the gold tags are likeliest.

    Guo et al., 2017, section 4.2, for words. Without any word it is 1.
    """
    if not len(gold):
        return 1.0
    logs = logarithms(marginals)
    right = logs[np.arange(len(gold)), gold]
    losses = [
        np.mean(np.logaddexp.reduce(power * logs, axis=1) - power * right) for power in _POWERS
    ]
    return float(1.0 / _POWERS[int(np.argmin(losses))])
