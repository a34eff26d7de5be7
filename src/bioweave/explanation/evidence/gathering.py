"""All evidence for one subject and label, from wherever it comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor

import numpy as np

from bioweave.annotator import Annotator
from bioweave.document import Mention
from bioweave.explanation.evidence.names import LexiconHits, TrainingNames
from bioweave.explanation.evidence.ties import without_ties
from bioweave.explanation.game import SpanGame
from bioweave.explanation.opinions import Opinion, opinions_of
from bioweave.explanation.record import Alternative, Evidence
from bioweave.explanation.subject import Subject
from bioweave.lexicon import Lexicon
from bioweave.text.short_forms import LongForms


class EvidenceGatherer:
    """Asks the CRF, the lexicon, the document's short forms and what the linker learned."""

    def __init__(self, annotator: Annotator, lexicon: Lexicon | None, executor: Executor) -> None:
        self._annotator = annotator
        self._executor = executor
        self._untied = without_ties(annotator.bundle)
        self._hits = LexiconHits(lexicon) if lexicon is not None else None
        self._learned = TrainingNames(annotator.bundle.path)

    def __call__(
        self, game: SpanGame, mentions: Sequence[Mention], same: Mention | None
    ) -> Evidence:
        """The evidence for what the game is about.

        `mentions` are all that were found, and `same` is the one that the game is about, if any.
        """
        subject, label = game.subject, game.span.label
        everything = np.ones((1, game.n_players), dtype=np.bool_)
        [opinion] = game.opinions(everything)
        long_form = LongForms(subject.document.text).at(subject.text, subject.start)
        return Evidence(
            threshold=self._threshold(subject.text, label),
            confidence=same.confidence if same is not None else None,
            transition_share=game.probability - self._by_words_alone(game),
            absence=opinion.absence(game.span.word_start, game.span.word_end, game.head),
            runner_up=self._runner_up(subject, opinion, label),
            instead=tuple(
                Alternative(one.start, one.end, one.text, one.label, one.confidence or 0.0)
                for one in mentions
                if one is not same and one.span.overlaps((subject.start, subject.end))
            ),
            dictionary=tuple(self._hits(subject)) if self._hits is not None else (),
            long_form=long_form,
            learned=tuple(self._learned(subject.text, long_form, label)),
        )

    def _threshold(self, text: str, label: str) -> float:
        """What the mode asks of a mention, less of one whose name the annotator's lexicon knows."""
        selection = self._annotator.selection
        is_known = selection.names is not None and selection.names(text, label)
        return (selection.mode.others or selection.mode.found)[label].of(is_known)

    def _by_words_alone(self, game: SpanGame) -> float:
        threads = self._annotator.n_threads
        ask = opinions_of(self._untied, game.subject, self._executor, n_threads=threads)
        [opinion] = ask(np.ones((1, len(game.subject.sentence)), dtype=np.bool_))
        return opinion.span(game.span, game.head)

    def _runner_up(self, subject: Subject, opinion: Opinion, label: str) -> Alternative | None:
        """The likeliest other label of the same words."""
        found = [
            Alternative(subject.start, subject.end, subject.text, other, probability)
            for other, _, probability in self.readings(subject, opinion)
            if other != label
        ]
        return max(found, key=lambda one: one.probability, default=None)

    def readings(self, subject: Subject, opinion: Opinion) -> Iterator[tuple[str, int, float]]:
        """(label, head, probability) of the words, by every head for each of the wanted labels."""
        for place, head in enumerate(self._annotator.bundle.manifest.heads):
            for label in head.labels:
                if label in self._annotator.labels:
                    yield label, place, opinion.span(subject.labelled(label), place)
