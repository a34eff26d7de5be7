"""Document -> Document: relations between the mentions or concepts that are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

from bioweave.document import Argument, Document, Relation, Sentence
from bioweave.relating.candidates import End
from bioweave.relating.deciding import Deciding
from bioweave.relating.scoring import (
    CutPair,
    PairCutter,
    PairScores,
    ScoreWindows,
    SegmentedDocument,
    score_pairs,
)
from bioweave.relating.settings import ROLES, RelationTask, columns
from bioweave.relating.tally import RelatingTally


class Relater:
    """Finds the relations of documents whose mentions are known.

    A relation has the roles `head` and `tail`, a calibrated confidence, and in its metadata where
    its `evidence` is, [start, end) in code points. `tally` counts what was not read as it stands.
    """

    def __init__(
        self, cutter: PairCutter, graph: ScoreWindows, deciding: Deciding, *, n_threads: int = 1
    ) -> None:
        """`n_threads` is how many calls of the graph may run side by side."""
        self._executor = ThreadPoolExecutor(n_threads) if n_threads > 1 else None
        self._cutter = cutter
        self._graph = graph
        self._deciding = deciding
        self._columns = list(columns(cutter.tasks))
        self.tally = RelatingTally()

    @property
    def tasks(self) -> tuple[RelationTask, ...]:
        """What is asked about a document."""
        return self._cutter.tasks

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of relations that it can find."""
        return tuple(label for task in self.tasks for label in task.labels)

    def __call__(self, document: Document) -> Document:
        """The document with its relations; others of the same labels are replaced.

        Mentions that have no id get one, for relations to refer to.
        """
        [related] = self.pipe([document])
        return related

    def pipe(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents with their relations, in order, read as they are needed."""
        for document in documents:
            named = with_ids(document)
            one = self._cutter.segmented(named)
            self.tally.add_document(named, self.tasks)
            found: list[Relation] = []
            pairs = self._counted(self._cutter.cut(0, one))
            for scores in score_pairs(pairs, self._graph, self._executor):
                found += self._told(scores, one)
            kept = [other for other in named.relations if other.label not in self.labels]
            yield replace(named, relations=(*kept, *found))

    def _counted(self, pairs: Iterable[CutPair]) -> Iterator[CutPair]:
        for pair in pairs:
            self.tally.add_pair(pair)
            yield pair

    def _told(self, scores: PairScores, one: SegmentedDocument) -> Iterator[Relation]:
        own = self._columns[scores.pair.task]
        task = self.tasks[scores.pair.task]
        probabilities = self._deciding.calibrator(scores.log_odds)[own]
        thresholds = self._deciding.thresholds[own]
        for place, label in enumerate(task.labels):
            if probabilities[place] >= thresholds[place]:
                window = scores.sentences[int(scores.loudest[own.start + place])]
                yield Relation(
                    label,
                    tuple(
                        _argument(role, end, one.document)
                        for role, end in zip(
                            ROLES, (scores.pair.head, scores.pair.tail), strict=True
                        )
                    ),
                    confidence=round(float(probabilities[place]), 6),
                    metadata={"evidence": _evidence(scores, window, one)},
                )


def with_ids(document: Document) -> Document:
    """The document, each of its mentions with an id."""
    if all(mention.id is not None for mention in document.mentions):
        return document
    taken = {mention.id for mention in document.mentions}
    fresh = (name for number in count(1) if (name := f"T{number}") not in taken)
    mentions = tuple(
        mention if mention.id is not None else replace(mention, id=next(fresh))
        for mention in document.mentions
    )
    return replace(document, mentions=mentions)


def _argument(role: str, end: End, document: Document) -> Argument:
    if end.concept is not None:
        return Argument(role, end.concept, "concept")
    return Argument(role, str(document.mentions[end.mentions[0]].id), "mention")


def _evidence(scores: PairScores, window: Sequence[int], one: SegmentedDocument) -> list[int]:
    """The sentence of a window that mentions both ends, or else the nearest two that do."""
    heads, tails = (
        [n for place in end.mentions if (n := one.sentence_of[place]) in window]
        for end in (scores.pair.head, scores.pair.tail)
    )
    first, last = min(
        ((min(head, tail), max(head, tail)) for head in heads for tail in tails),
        key=lambda pair: (pair[1] - pair[0], pair),
    )
    sentences: Sequence[Sentence] = one.sentences
    return [sentences[first].start, sentences[last].end]
