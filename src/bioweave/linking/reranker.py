"""Weighs what speaks for each candidate: a small network, in numpy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bioweave.errors import BundleError
from bioweave.linking.evidence import FEATURES

_N_LAYERS = 3
_Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Reranker:
    """Two hidden layers of rectified units over a candidate's features; one score each.

    Weights are [inputs, outputs]. `nothing` is the score of there being no fitting concept, and
    all scores are divided by `temperature`, so that they are calibrated (Guo et al., 2017).
    """

    weights: tuple[_Array, ...]
    biases: tuple[_Array, ...]
    nothing: float
    temperature: float = 1.0

    def probabilities(self, rows: _Array) -> npt.NDArray[np.float64]:
        """[candidates, features] -> [candidates + 1], which sums to 1; the last: nothing fits."""
        hidden = rows
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            hidden = np.maximum(hidden @ weight + bias, 0)
        scores = (hidden @ self.weights[-1] + self.biases[-1])[:, 0].astype(np.float64)
        scores = np.append(scores, self.nothing) / self.temperature
        odds = np.exp(scores - scores.max())
        probabilities: npt.NDArray[np.float64] = odds / odds.sum()
        return probabilities

    def save(self, path: Path) -> None:
        """Write as npz, with the names of the features."""
        held: dict[str, Any] = {
            "features": np.array(FEATURES),
            "scalars": np.array([self.nothing, self.temperature]),
            **{f"weight_{i}": weight for i, weight in enumerate(self.weights)},
            **{f"bias_{i}": bias for i, bias in enumerate(self.biases)},
        }
        np.savez(path, **held)

    @classmethod
    def load(cls, path: Path) -> Reranker:
        """What `save` wrote. Raises BundleError where it is damaged, or for other features."""
        try:
            with np.load(path, allow_pickle=False) as file:
                held = {name: file[name] for name in file.files}
            if tuple(held["features"].tolist()) != FEATURES:
                raise BundleError(
                    f"{path}: made for other features than this bioweave computes; train it again"
                )
            nothing, temperature = held["scalars"].tolist()
            weights = tuple(held[f"weight_{i}"] for i in range(_N_LAYERS))
            biases = tuple(held[f"bias_{i}"] for i in range(_N_LAYERS))
        except (OSError, ValueError, KeyError) as error:
            raise BundleError(f"{path}: not a reranker ({error})") from error
        return cls(weights, biases, nothing, temperature)
