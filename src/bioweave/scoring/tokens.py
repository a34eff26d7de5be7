"""Words tagged B, I and O against gold, class by class (the paper's Table 5).

Each label tags every word B, I or O by itself, so that labels may overlap. Pooled over labels:

B, I      counted per word and label: a word that is B of two labels is two B's.
O         counted per word: one that no label covers.
accuracy  the share of words on which every label's tag is right.

Where no two labels cover the same word this is what one sequence of tags (O, B-Disease, ...)
gives: O and accuracy are those of the sequence, B and I the micro averages over B-* and I-*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bioweave.document import TagSet
from bioweave.scoring.counts import Counts, Score, ratio

# The index of each class, as TagSet((label,)).encode spells a single label's tags.
O_TAG, B_TAG, I_TAG = (TagSet(("X",)).index[name] for name in ("O", "B-X", "I-X"))

Tags = npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class TokenReport:
    """Words scored per class. `classes` has B, I and O.

    `macro` is the plain mean over the three, `weighted` the mean by support (scikit-learn's
    averages of those names); their support is the sum.
    """

    classes: Mapping[str, Score]
    accuracy: float
    macro: Score
    weighted: Score


def score_tokens(gold: Tags, predicted: Tags) -> TokenReport:
    """Scores of predicted tags against gold ones, both [words, labels].

    Column by column they are one label's tags as `TagSet((label,)).encode` gives them: 0 for O,
    1 for B, 2 for I. All documents' words stand one below the other.
    """
    if gold.ndim != 2 or gold.shape != predicted.shape:
        raise ValueError(
            f"gold tags are {gold.shape}, predicted ones {predicted.shape}: both must be "
            "[words, labels]"
        )
    classes = {
        "B": _counts(gold == B_TAG, predicted == B_TAG).score(),
        "I": _counts(gold == I_TAG, predicted == I_TAG).score(),
        "O": _counts(is_outside(gold), is_outside(predicted)).score(),
    }
    n_right = int(np.count_nonzero((gold == predicted).all(axis=1)))
    return TokenReport(
        classes=classes,
        accuracy=ratio(n_right, len(gold)),
        macro=_average(classes, dict.fromkeys(classes, 1)),
        weighted=_average(classes, {name: score.support for name, score in classes.items()}),
    )


def is_outside(tags: Tags) -> npt.NDArray[np.bool_]:
    """[words], True where no label covers the word."""
    outside: npt.NDArray[np.bool_] = (tags == O_TAG).all(axis=1)
    return outside


def _counts(gold: npt.NDArray[np.bool_], predicted: npt.NDArray[np.bool_]) -> Counts:
    n_hits = int(np.count_nonzero(gold & predicted))
    return Counts(
        n_hits,
        int(np.count_nonzero(predicted)) - n_hits,
        int(np.count_nonzero(gold)) - n_hits,
    )


def _average(scores: Mapping[str, Score], weights: Mapping[str, int]) -> Score:
    total = sum(weights.values())
    precision, recall, f1 = (
        ratio(sum(weights[name] * score[part] for name, score in scores.items()), total)
        for part in range(3)
    )
    return Score(precision, recall, f1, sum(score.support for score in scores.values()))
