"""How probable several spans of one sentence are while some of its words are hidden.

Mentions of one sentence are asked about the same variants: SHAP and LIME draw by their seed and the
number of words alone. One pass through the graph answers for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bioweave.document import WordSpan
from bioweave.explanation.hiding import Masks
from bioweave.explanation.opinions import Opinion, Opinions
from bioweave.explanation.subject import Subject

# Enough variants for a graph's batches to be full, few enough to hold their windows in memory.
_VARIANTS_AT_ONCE = 256


class Question(NamedTuple):
    """A span of the document's words with its label, and the head that is asked."""

    span: WordSpan
    head: int


class Answers:
    """Answers to questions of one sentence, kept by variant.

    `subject` says which words may be hidden; all others are always seen.
    """

    def __init__(self, opinions: Opinions, subject: Subject, questions: Sequence[Question]) -> None:
        self._opinions = opinions
        self._subject = subject
        self._columns = {question: place for place, question in enumerate(questions)}
        self._known: dict[bytes, npt.NDArray[np.float64]] = {}

    @property
    def questions(self) -> tuple[Question, ...]:
        """What is answered."""
        return tuple(self._columns)

    @property
    def n_computed(self) -> int:
        """How many variants went through the graph."""
        return len(self._known)

    def of(self, question: Question, shown: Masks) -> npt.NDArray[np.float64]:
        """The probability for each row of `shown` [variants, players], True for a seen word."""
        keys = [row.tobytes() for row in np.ascontiguousarray(shown, dtype=np.bool_)]
        rows = {key: row for key, row in zip(keys, shown, strict=True) if key not in self._known}
        wanted = list(rows.items())
        for first in range(0, len(wanted), _VARIANTS_AT_ONCE):
            block = wanted[first : first + _VARIANTS_AT_ONCE]
            opinions = self.opinions(np.stack([row for _, row in block]))
            for (key, _), opinion in zip(block, opinions, strict=True):
                self._known[key] = np.array(
                    [opinion.span(one.span, one.head) for one in self._columns]
                )
        column = self._columns[question]
        return np.array([self._known[key][column] for key in keys])

    def opinions(self, shown: Masks) -> list[Opinion]:
        """All that is said of each variant."""
        sentence, players = self._subject.sentence, self._subject.players
        whole = np.ones((len(shown), len(sentence)), dtype=np.bool_)
        first = players.start - sentence.start
        whole[:, first : first + len(players)] = shown
        return self._opinions(whole)
