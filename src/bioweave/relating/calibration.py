"""Log-odds -> probabilities that mean what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

# With fewer relations of a label than this its own curve would be chance.
FEWEST = 20
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Calibrator:
    """A logistic curve for each label: `1 / (1 + exp(-(slope * log-odds + shift)))`."""

    slopes: tuple[float, ...]
    shifts: tuple[float, ...]

    @classmethod
    def plain(cls, n_labels: int) -> Calibrator:
        """Log-odds as the graph gives them."""
        return cls((1.0,) * n_labels, (0.0,) * n_labels)

    def __call__(self, log_odds: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Probabilities of log-odds [..., labels]."""
        moved = np.asarray(log_odds, dtype=np.float64) * self.slopes + np.array(self.shifts)
        # Beyond 50 the exponential only overflows.
        probabilities: npt.NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.clip(moved, -50.0, 50.0)))
        return probabilities


def fit_calibrator(
    log_odds: npt.NDArray[np.floating], is_gold: npt.NDArray[np.bool_], groups: Sequence[slice]
) -> Calibrator:
    """The curves under which `is_gold` [pairs, labels] is likeliest (Platt, 1999).

    `log_odds` [pairs, labels] is NaN where a pair is not asked about a label. `groups` are the
    columns that belong together: a label that holds for fewer than 20 pairs gets the curve of its
    whole group. A curve never falls: where the log-odds say nothing, they stay as they are.
    """
    slopes, shifts = np.ones(log_odds.shape[1]), np.zeros(log_odds.shape[1])
    for group in groups:
        common = _fit(log_odds[:, group].ravel(), is_gold[:, group].ravel())
        for column in range(group.start, group.stop):
            own = common
            if is_gold[:, column].sum() >= FEWEST:
                own = _fit(log_odds[:, column], is_gold[:, column])
            slopes[column], shifts[column] = own
    return Calibrator(tuple(slopes.tolist()), tuple(shifts.tolist()))


def _fit(log_odds: npt.NDArray[np.floating], is_gold: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and shift by Newton's method, on targets drawn in from 0 and 1 as Platt does."""
    asked = ~np.isnan(log_odds)
    x, y = log_odds[asked].astype(np.float64), is_gold[asked]
    n_gold = int(y.sum())
    if n_gold < FEWEST or n_gold > len(y) - FEWEST:
        return 1.0, 0.0
    target = np.where(y, (n_gold + 1) / (n_gold + 2), 1 / (len(y) - n_gold + 2))
    design = np.stack([x, np.ones_like(x)], axis=1)
    weights = np.array([1.0, 0.0])
    loss = _loss(design @ weights, target)
    for _ in range(_STEPS):
        p = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -50.0, 50.0)))
        curvature = (design * (p * (1.0 - p))[:, None]).T @ design + 1e-9 * np.eye(2)
        step = np.linalg.solve(curvature, design.T @ (p - target))
        # Halved until it helps: far from the optimum a full step may overshoot.
        while np.abs(step).max() > 1e-9:
            after = _loss(design @ (weights - step), target)
            if after <= loss:
                break
            step = step / 2.0
        if np.abs(step).max() <= 1e-9:
            break
        weights, loss = weights - step, after
    return (float(weights[0]), float(weights[1])) if weights[0] > 0 else (1.0, 0.0)


def _loss(z: npt.NDArray[np.float64], target: npt.NDArray[np.float64]) -> float:
    return float(np.sum(np.logaddexp(0.0, z) - target * z))
