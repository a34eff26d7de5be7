"""Cutters of pairs over a tiny vocabulary, and a graph that can be reckoned by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from tiny_tagger import make_tokenizer

from bioweave.relating import Markers, PairCutter, RelationTask, RelationWindows
from bioweave.relating.settings import marked_labels

FIRST_MARKER = 1000
GENES = RelationTask("genes", ("UP", "DOWN"), "Chemical", "Gene")
CAUSES = RelationTask("causes", ("CID",), "Chemical", "Disease", "concepts")


def make_cutter(*tasks: RelationTask, max_pieces: int = 256) -> PairCutter:
    markers = Markers(marked_labels(tasks), FIRST_MARKER)
    return PairCutter(tasks, make_tokenizer(), markers, RelationWindows(max_pieces))


class HandGraph:
    """Says of each label how far apart the first marks of both ends are, and who asked."""

    def __init__(self, n_labels: int) -> None:
        self.n_labels = n_labels
        self.largest_batch = 0

    def __call__(self, inputs: Mapping[str, np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
        self.largest_batch = max(self.largest_batch, inputs["piece_ids"].size)
        rows = []
        for places, roles in zip(inputs["places"], inputs["roles"], strict=True):
            away = abs(int(places[roles == 1][0]) - int(places[roles == 2][0]))
            rows.append([3.0 - 0.1 * away - label for label in range(self.n_labels)])
        return np.array(rows, dtype=np.float32)
