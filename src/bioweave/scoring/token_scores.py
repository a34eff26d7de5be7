"""What a model says of each word of a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bioweave.document import Word


@dataclass(frozen=True, slots=True, eq=False)
class TokenScores:
    """Each word's probability of being B, I or O, label by label.

    `probabilities[label]` is float32 [n_words, 3]: columns B, I, O of that label alone (O is
    everything that is not this label), each row summing to 1. Where a model spells tags in
    BIOES, S counts to B and E to I.
    """

    words: tuple[Word, ...]
    probabilities: Mapping[str, npt.NDArray[np.float32]]
