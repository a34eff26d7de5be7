"""Marginals of heads' tags -> each word's B, I and O, label by label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from bioweave.annotator.inference import Annotation
from bioweave.bundle import HeadManifest
from bioweave.scoring import TokenScores


def word_scores(
    annotation: Annotation, heads: Sequence[HeadManifest], labels: Iterable[str]
) -> TokenScores:
    """The scores of a document's words; a label that several heads find gets their average."""
    probabilities: dict[str, npt.NDArray[np.float32]] = {}
    for label in labels:
        votes = [
            _folded(marginals, head, label)
            for marginals, head in zip(annotation.marginals, heads, strict=True)
            if label in head.labels
        ]
        probabilities[label] = np.asarray(np.mean(votes, axis=0), dtype=np.float32)
    return TokenScores(annotation.prepared.words, probabilities)


def _folded(
    marginals: npt.NDArray[np.float32], head: HeadManifest, label: str
) -> npt.NDArray[np.float32]:
    """[n_words, 3]: S counts to B, E to I, and other labels to O."""
    folded = np.zeros((len(marginals), 3), dtype=np.float32)
    for column, prefixes in enumerate(("BS", "IE")):
        tags = [place for place, tag in enumerate(head.tags) if _spells(tag, prefixes, label)]
        folded[:, column] = marginals[:, tags].sum(axis=1)
    folded[:, 2] = np.maximum(1 - folded[:, 0] - folded[:, 1], 0)
    return folded


def _spells(tag: str, prefixes: str, label: str) -> bool:
    prefix, _, name = tag.partition("-")
    return name == label and prefix in prefixes
