"""Whether a confidence means what it says."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class CalibrationBin(NamedTuple):
    """The predictions whose confidence is in (low, high]; means are None where it is empty."""

    low: float
    high: float
    n_predictions: int
    mean_confidence: float | None
    accuracy: float | None


class Calibration(NamedTuple):
    """`expected_error` is from 0 to 1, 0 is perfect; None without predictions."""

    expected_error: float | None
    bins: tuple[CalibrationBin, ...]


def calibrate(
    confidences: npt.NDArray[np.floating], is_correct: npt.NDArray[np.bool_], n_bins: int = 15
) -> Calibration:
    """The expected calibration error over bins of equal width (Guo et al., 2017, equation 3).

    The gap between mean confidence and share of right predictions, averaged over the bins by
    how many predictions each holds. Bins are (low, high], the first one [0, high].
    """
    if len(confidences) != len(is_correct):
        raise ValueError(f"{len(confidences)} confidences against {len(is_correct)} outcomes")
    if not ((confidences >= 0) & (confidences <= 1)).all():
        raise ValueError("a confidence is a probability: it must lie between 0 and 1")
    edges = np.linspace(0.0, 1.0, n_bins + 1)
    bin_of = np.clip(np.searchsorted(edges, confidences, side="left") - 1, 0, n_bins - 1)
    n_in_bin = np.bincount(bin_of, minlength=n_bins)
    confidence_sums = np.bincount(bin_of, weights=confidences, minlength=n_bins)
    n_right = np.bincount(bin_of, weights=is_correct, minlength=n_bins)
    bins = tuple(
        CalibrationBin(
            low=float(edges[index]),
            high=float(edges[index + 1]),
            n_predictions=int(n),
            mean_confidence=float(confidence_sums[index] / n) if n else None,
            accuracy=float(n_right[index] / n) if n else None,
        )
        for index, n in enumerate(n_in_bin)
    )
    if not len(confidences):
        return Calibration(None, bins)
    return Calibration(float(np.abs(confidence_sums - n_right).sum() / len(confidences)), bins)
