"""Games about mentions of many documents, one document after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

from bioweave.annotator import Annotator
from bioweave.document import Document
from bioweave.explanation.game import SpanGame
from bioweave.explanation.sampling import Sampled
from bioweave.explanation.shared_games import SharedGames
from bioweave.explanation.subject import Sentences


class GamesOfDocuments:
    """Makes a game for each mention; what mentions of a document share is made once for it."""

    def __init__(self, annotator: Annotator) -> None:
        self._annotator = annotator
        self._executor = ThreadPoolExecutor(
            annotator.n_threads, thread_name_prefix="bioweave-explanation"
        )

    def __call__(
        self, documents: Sequence[Document], wanted: Sequence[Sampled]
    ) -> Iterator[tuple[Sampled, SpanGame]]:
        """Each mention with its game, in the order of documents and of their text."""
        ordered = sorted(wanted, key=lambda one: (one.document, one.mention.span))
        for place, group in groupby(ordered, key=lambda one: one.document):
            own = list(group)
            sentences = Sentences(documents[place])
            subjects = [sentences.subject(*one.mention.span, is_found=True) for one in own]
            labels = [one.mention.label for one in own]
            games = SharedGames(
                self._annotator.bundle,
                self._executor,
                n_threads=self._annotator.n_threads,
                expected=zip(subjects, labels, strict=True),
            )
            for one, subject, label in zip(own, subjects, labels, strict=True):
                yield one, games.surest(subject, label)
