"""The question that every method asks: how probable is the mention if only these words are seen?

Methods that weigh words see it as a game in which words are players and the value of a team is the
probability of the mention when all other words are hidden.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bioweave.explanation.answers import Answers, Question
from bioweave.explanation.hiding import Masks
from bioweave.explanation.opinions import Opinion, Opinions
from bioweave.explanation.subject import Subject


class SpanGame:
    """The probability of one span with any of a sentence's words hidden.

    Only the subject's players may be hidden; all other words are always seen. Answers are kept, so
    that a variant that several methods ask for is computed once; `answers` may be shared with games
    about other spans of the sentence. `n_computed` counts variants that went through the graph
    since this game began.
    """

    def __init__(
        self,
        opinions: Opinions,
        subject: Subject,
        label: str,
        head: int,
        *,
        answers: Answers | None = None,
    ) -> None:
        self.subject = subject
        self.span = subject.labelled(label)
        self.head = head
        self._question = Question(self.span, head)
        self._answers = answers or Answers(opinions, subject, [self._question])
        self._computed_before = self._answers.n_computed

    @property
    def n_players(self) -> int:
        """How many words are weighed."""
        return len(self.subject.players)

    @property
    def n_computed(self) -> int:
        """How many variants it took."""
        return self._answers.n_computed - self._computed_before

    def __call__(self, shown: Masks) -> npt.NDArray[np.float64]:
        """The probability for each row of `shown` [variants, players], True for a seen word."""
        return self._answers.of(self._question, shown)

    def opinions(self, shown: Masks) -> list[Opinion]:
        """All that is said of each variant."""
        return self._answers.opinions(shown)

    @property
    def probability(self) -> float:
        """The probability with every word seen."""
        return float(self(np.ones((1, self.n_players), dtype=np.bool_))[0])

    @property
    def base(self) -> float:
        """The probability with every player hidden."""
        return float(self(np.zeros((1, self.n_players), dtype=np.bool_))[0])
