"""Games about spans of one document, which share what they have in common."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor

import numpy as np

from bioweave.bundle import Bundle, FusedBundle
from bioweave.explanation.answers import Answers, Question
from bioweave.explanation.game import SpanGame
from bioweave.explanation.opinions import Opinion, Opinions, opinions_of
from bioweave.explanation.subject import Subject


class SharedGames:
    """Makes games; those of one sentence put their questions to the same variants.

    `expected` are the subjects and labels that will be asked about: what is not among them is
    answered as well, by variants of its own. Made for one document, and forgotten with it.
    """

    def __init__(
        self,
        bundle: Bundle | FusedBundle,
        executor: Executor,
        *,
        n_threads: int,
        expected: Iterable[tuple[Subject, str]] = (),
    ) -> None:
        self._bundle = bundle
        self._executor = executor
        self._n_threads = n_threads
        self._opinions: dict[tuple[range, range], Opinions] = {}
        self._answers: dict[tuple[range, range], Answers] = {}
        questions: dict[tuple[range, range], dict[Question, None]] = {}
        subjects: dict[tuple[range, range], Subject] = {}
        for subject, label in expected:
            subjects[_weighed(subject)] = subject
            own = questions.setdefault(_weighed(subject), {})
            for head in self._heads_of(label):
                own[Question(subject.labelled(label), head)] = None
        for weighed, subject in subjects.items():
            asked = tuple(questions[weighed])
            self._answers[weighed] = Answers(self._ask(subject), subject, asked)

    def game(self, subject: Subject, label: str, head: int) -> SpanGame:
        """The game about the subject as a mention of a label, by one head."""
        answers = self._answers.get(_weighed(subject))
        if answers is not None and Question(subject.labelled(label), head) not in answers.questions:
            answers = None
        return SpanGame(self._ask(subject), subject, label, head, answers=answers)

    def surest(self, subject: Subject, label: str) -> SpanGame:
        """The game about the subject by the head that is surest of the label."""
        heads = self._heads_of(label)
        if len(heads) == 1:
            return self.game(subject, label, heads[0])
        opinion, span = self.opinion(subject), subject.labelled(label)
        return self.game(subject, label, max(heads, key=lambda head: opinion.span(span, head)))

    def opinion(self, subject: Subject) -> Opinion:
        """What is said of the sentence with all of its words seen."""
        [opinion] = self._ask(subject)(np.ones((1, len(subject.sentence)), dtype=np.bool_))
        return opinion

    def _ask(self, subject: Subject) -> Opinions:
        weighed = _weighed(subject)
        if weighed not in self._opinions:
            self._opinions[weighed] = opinions_of(
                self._bundle, subject, self._executor, n_threads=self._n_threads
            )
        return self._opinions[weighed]

    def _heads_of(self, label: str) -> list[int]:
        return [
            place for place, head in enumerate(self._bundle.manifest.heads) if label in head.labels
        ]


def _weighed(subject: Subject) -> tuple[range, range]:
    """Subjects with the same have the same variants."""
    return subject.sentence, subject.players
