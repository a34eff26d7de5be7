"""How far one histogram is from another, and how far chance alone would put them.

The population stability index is the symmetrised Kullback-Leibler divergence of Jeffreys (1946) in
nats; 0.1 and 0.25 are credit scoring's customary marks for "look" and "act" (Siddiqi, 2006,
Credit Risk Scorecards, chapter 10). The Jensen-Shannon distance is the square root of the
divergence of Lin (1991) in bits, from 0 to 1 (Endres and Schindelin, 2003).

Two samples of one population are never 0 apart. With B bins, n and m items drawn one by one, the
index is on average (B - 1)(1/n + 1/m), and divided by (1/n + 1/m) it follows chi-squared with
B - 1 degrees of freedom (Yurdakul, 2018, Statistical Properties of Population Stability Index,
theorem 3.1). Mentions are not drawn one by one: those of a document resemble each other. The first
order of Rao and Scott (1981) multiplies both by the design effect, the mean over the bins of
how much more a bin's share varies between samples of documents than of single mentions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Half an item in each bin (Jeffreys' prior): an empty bin would make the index infinite.
_PRIOR = 0.5
# Chance alone passes the ceiling once in a thousand comparisons.
_SURE = 0.999
# For small differences the divergence in nats is an eighth of the index, to the second order.
_INDEX_OVER_DIVERGENCE = 8 * math.log(2)


@dataclass(frozen=True, slots=True)
class Distance:
    """How far what is seen is from the reference.

    `psi` and `js` are as the formulas have them. `noise` is the index that chance alone makes on
    average, `ceiling` what it passes once in a thousand times. `excess_psi` and `excess_js` are
    what is left without the noise, and never negative.
    """

    psi: float
    js: float
    noise: float
    ceiling: float

    @property
    def excess_psi(self) -> float:
        """The index without its noise."""
        return max(0.0, self.psi - self.noise)

    @property
    def excess_js(self) -> float:
        """The Jensen-Shannon distance without its noise."""
        return math.sqrt(max(0.0, self.js**2 - self.noise / _INDEX_OVER_DIVERGENCE))

    @property
    def is_beyond_chance(self) -> bool:
        """Whether the index is larger than chance alone makes it."""
        return self.psi > self.ceiling


def distance(reference: Counts, seen: Counts, design_effect: float = 1.0) -> Distance:
    """The distance of two histograms over the same bins; both need an item at least."""
    n_reference, n_seen = int(reference.sum()), int(seen.sum())
    if not n_reference or not n_seen:
        raise ValueError("an empty histogram is at no distance from any other")
    # A bin that nothing ever falls into adds nothing to either, not even noise.
    n_bins = int(np.count_nonzero(reference + seen))
    unit = design_effect * (1 / n_reference + 1 / n_seen)
    return Distance(
        psi=stability_index(reference, seen),
        js=jensen_shannon(reference, seen),
        noise=(n_bins - 1) * unit,
        ceiling=chi_squared(n_bins - 1, _SURE) * unit,
    )


def stability_index(reference: Counts, seen: Counts) -> float:
    """The population stability index of two histograms: sum of (q - p) ln(q / p)."""
    p, q = _smoothed(reference), _smoothed(seen)
    return float(np.sum((q - p) * np.log(q / p)))


def jensen_shannon(reference: Counts, seen: Counts) -> float:
    """The Jensen-Shannon distance, from 0 to 1; empty bins need no help here."""
    p, q = reference / reference.sum(), seen / seen.sum()
    middle = (p + q) / 2
    divergence = (_relative_entropy(p, middle) + _relative_entropy(q, middle)) / 2
    return math.sqrt(max(0.0, divergence))


def comparable_js(psi: float) -> float:
    """The Jensen-Shannon distance of two histograms that are a little apart and have this index.

    >>> round(comparable_js(0.1), 3), round(comparable_js(0.25), 3)
    (0.134, 0.212)
    """
    return math.sqrt(psi / _INDEX_OVER_DIVERGENCE)


def chi_squared(degrees: int, probability: float) -> float:
    """A quantile of chi-squared by Wilson and Hilferty (1931), within 4% where it is used here.

    >>> round(chi_squared(9, 0.999), 1)
    28.1
    """
    if degrees < 1:
        return 0.0
    spread = 2 / (9 * degrees)
    deviate = NormalDist().inv_cdf(probability)
    return float(degrees * (1 - spread + deviate * math.sqrt(spread)) ** 3)


def _smoothed(counts: Counts) -> Floats:
    filled = counts.astype(np.float64) + _PRIOR
    return np.asarray(filled / filled.sum(), np.float64)


def _relative_entropy(p: Floats, q: Floats) -> float:
    """In bits; where p is 0 it counts nothing."""
    there = p > 0
    return float(np.sum(p[there] * np.log2(p[there] / q[there])))
