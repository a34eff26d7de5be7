"""The question that every method asks: how probable is the mention if only these words are seen?

Methods that weigh words see it as a game in which words are players and the value of a team is the
probability of the mention when all other words are hidden.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bioweave.explanation.hiding import Masks
from bioweave.explanation.opinions import Opinion, Opinions
from bioweave.explanation.subject import Subject

# Enough variants for a graph's batches to be full, few enough to hold their windows in memory.
_VARIANTS_AT_ONCE = 256


class SpanGame:
    """The probability of one span with any of a sentence's words hidden.

    Only the subject's players may be hidden; all other words are always seen. Answers are kept, so
    that a variant that several methods ask for is computed once. `n_computed` counts variants that
    went through the graph.
    """

    def __init__(self, opinions: Opinions, subject: Subject, label: str, head: int) -> None:
        self._opinions = opinions
        self.subject = subject
        self.span = subject.labelled(label)
        self.head = head
        self.n_computed = 0
        self._known: dict[bytes, float] = {}

    @property
    def n_players(self) -> int:
        """How many words are weighed."""
        return len(self.subject.players)

    def __call__(self, shown: Masks) -> npt.NDArray[np.float64]:
        """The probability for each row of `shown` [variants, players], True for a seen word."""
        keys = [row.tobytes() for row in np.ascontiguousarray(shown, dtype=np.bool_)]
        rows = {key: row for key, row in zip(keys, shown, strict=True) if key not in self._known}
        wanted = list(rows.items())
        for first in range(0, len(wanted), _VARIANTS_AT_ONCE):
            block = wanted[first : first + _VARIANTS_AT_ONCE]
            opinions = self.opinions(np.stack([row for _, row in block]))
            for (key, _), opinion in zip(block, opinions, strict=True):
                self._known[key] = opinion.span(self.span, self.head)
            self.n_computed += len(block)
        return np.array([self._known[key] for key in keys])

    def opinions(self, shown: Masks) -> list[Opinion]:
        """All that is said of each variant."""
        sentence, players = self.subject.sentence, self.subject.players
        whole = np.ones((len(shown), len(sentence)), dtype=np.bool_)
        first = players.start - sentence.start
        whole[:, first : first + self.n_players] = shown
        return self._opinions(whole)

    @property
    def probability(self) -> float:
        """The probability with every word seen."""
        return float(self(np.ones((1, self.n_players), dtype=np.bool_))[0])

    @property
    def base(self) -> float:
        """The probability with every player hidden."""
        return float(self(np.zeros((1, self.n_players), dtype=np.bool_))[0])
