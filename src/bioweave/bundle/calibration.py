"""What is seen of values inside a graph while it reads samples of its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import onnxruntime

from bioweave.bundle.rewriting import GraphRewriter

Inputs: TypeAlias = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """The last axis of a value: each feature's largest magnitude [K], and how features go together.

    `products` [K, K] is the mean of `outer(row, row)`.
    """

    largest: npt.NDArray[np.float32]
    products: npt.NDArray[np.float64]


def observe(
    graph: GraphRewriter, values: Sequence[str], samples: Iterable[Inputs]
) -> dict[str, Observed]:
    """What was seen of each value; nothing without samples. Padding counts like anything else."""
    if not values:
        return {}
    session: onnxruntime.InferenceSession | None = None
    largest: dict[str, npt.NDArray[np.float32]] = {}
    products: dict[str, npt.NDArray[np.float64]] = {}
    n_rows = dict.fromkeys(values, 0)
    for inputs in samples:
        session = session or _open(graph, values)
        names = [one.name for one in session.get_inputs()]
        found = session.run(list(values), {name: inputs[name] for name in names})
        for value, array in zip(values, found, strict=True):
            rows = array.reshape(-1, array.shape[-1])
            top = np.abs(rows).max(axis=0)
            product = (rows.T @ rows).astype(np.float64)
            largest[value] = np.maximum(largest[value], top) if value in largest else top
            products[value] = products[value] + product if value in products else product
            n_rows[value] += len(rows)
    return {value: Observed(largest[value], products[value] / n_rows[value]) for value in largest}


def _open(graph: GraphRewriter, values: Sequence[str]) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(
        graph.serialise(extra_outputs=values), providers=["CPUExecutionProvider"]
    )
