"""Words by their gold tag and the tag that a model gave them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Tags = npt.NDArray[np.integer]


def confusion_json(gold: Tags, predicted: Tags, labels: Sequence[str]) -> dict[str, Any]:
    """Under "tags" O, then B and I of each label; under "words" counts, gold down, found across.

    Both tables are [words, labels] with 0 for O, 1 for B, 2 for I, as in `Measurement`. A word that
    several labels cover counts once for each of its tags: those that agree first, the others in
    the labels' order, and one that is left alone against O. So a row of B or I sums to its label's
    support.

    >>> gold, found = np.array([[1, 0], [2, 0], [0, 0]]), np.array([[1, 0], [0, 1], [0, 0]])
    >>> confusion_json(gold, found, ["Disease", "Chemical"])["words"][2]
    [0, 0, 0, 1, 0]
    """
    tags = ["O", *(f"{kind}-{label}" for label in labels for kind in "BI")]
    numbers = 2 * np.arange(len(labels))
    spelled = [np.where(table > 0, table + numbers, 0) for table in (gold, predicted)]
    words = np.zeros((len(tags), len(tags)), dtype=np.int64)
    is_plain = np.logical_and.reduce([(table > 0).sum(axis=1) <= 1 for table in spelled])
    plain_gold, plain_found = (table[is_plain].max(axis=1, initial=0) for table in spelled)
    np.add.at(words, (plain_gold, plain_found), 1)
    for gold_row, found_row in zip(*(table[~is_plain] for table in spelled), strict=True):
        for pair in _paired(gold_row, found_row):
            words[pair] += 1
    return {"tags": tags, "words": words.tolist()}


def _paired(gold: Tags, found: Tags) -> list[tuple[int, int]]:
    annotated, returned = set(gold[gold > 0].tolist()), set(found[found > 0].tolist())
    both = annotated & returned
    left, right = sorted(annotated - both), sorted(returned - both)
    width = max(len(left), len(right))
    left += [0] * (width - len(left))
    right += [0] * (width - len(right))
    return [*((tag, tag) for tag in both), *zip(left, right, strict=True)]
