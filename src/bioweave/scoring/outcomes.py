"""Each predicted mention's confidence, and whether it was right: what calibration is made of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bioweave.document import Document
from bioweave.scoring.extents import Extent, extent_of, extents_by_label
from bioweave.scoring.mentions import check_pairs


def judged_confidences(
    gold: Sequence[Document], predicted: Sequence[Document], labels: Sequence[str]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """The confidences of the predicted mentions of these labels, and which are strictly right.

    A mention predicted twice counts once, with its higher confidence; one without a confidence
    is left out. Documents go in pairs, as in `score_mentions`.
    """
    check_pairs(gold, predicted)
    confidences: list[float] = []
    is_correct: list[bool] = []
    for document, guess in zip(gold, predicted, strict=True):
        annotated = extents_by_label(document)
        for (label, extent), confidence in _confidences(guess, labels).items():
            confidences.append(confidence)
            is_correct.append(extent in annotated.get(label, set()))
    return np.array(confidences, dtype=np.float64), np.array(is_correct, dtype=np.bool_)


def _confidences(document: Document, labels: Sequence[str]) -> dict[tuple[str, Extent], float]:
    highest: dict[tuple[str, Extent], float] = {}
    for mention in document.mentions:
        if mention.label in labels and mention.confidence is not None:
            key = mention.label, extent_of(mention)
            highest[key] = max(mention.confidence, highest.get(key, 0.0))
    return highest
