"""Pairs -> log-odds, window by window, in bounded memory however many pairs a document has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from bioweave.document import Document, Sentence
from bioweave.relating.batches import Shape, bucket_marked, pad_marked
from bioweave.relating.candidates import Pair, candidate_pairs, sentences_of
from bioweave.relating.pieces import DocumentPieces, cut_into_pieces
from bioweave.relating.settings import Markers, RelationTask, RelationWindows
from bioweave.relating.windows import MarkedWindow, pair_windows
from bioweave.text import segment

ScoreWindows: TypeAlias = Callable[[Mapping[str, npt.NDArray[Any]]], npt.NDArray[np.float32]]
"""Inputs as `pad_marked` makes them -> log-odds [windows, labels of all tasks]."""

# Pairs whose windows are in memory at once, of however many documents.
PAIRS_AT_ONCE = 256
_MAX_PIECES = 4096  # a batch


@dataclass(frozen=True, slots=True, eq=False)
class CutPair:
    """A pair of a document and its windows."""

    document: int
    pair: Pair
    windows: list[MarkedWindow]


@dataclass(frozen=True, slots=True, eq=False)
class PairScores:
    """Log-odds [labels of all tasks] of a pair, and the window that speaks loudest for a label."""

    document: int
    pair: Pair
    log_odds: npt.NDArray[np.float32]
    sentences: tuple[tuple[int, ...], ...]
    loudest: npt.NDArray[np.intp]
    n_cut: int
    n_unmarked: int


@dataclass(frozen=True, slots=True, eq=False)
class SegmentedDocument:
    """A document with what all of its pairs share."""

    document: Document
    sentences: tuple[Sentence, ...]
    sentence_of: list[int]
    pieces: DocumentPieces


@dataclass(frozen=True, slots=True)
class PairCutter:
    """Documents -> pairs with their windows, in the way a tagger was trained."""

    tasks: tuple[RelationTask, ...]
    tokenizer: Tokenizer
    markers: Markers
    windows: RelationWindows

    def segmented(self, document: Document) -> SegmentedDocument:
        """The document's sentences and pieces."""
        sentences = segment(document.text, document.passages)
        pieces = cut_into_pieces(document.text, sentences, self.tokenizer)
        return SegmentedDocument(document, sentences, sentences_of(document, sentences), pieces)

    def cut(self, number: int, one: SegmentedDocument) -> Iterator[CutPair]:
        """The pairs of a document, one by one."""
        for pair in candidate_pairs(one.document, self.tasks, one.sentence_of):
            yield CutPair(
                number,
                pair,
                pair_windows(
                    one.document, pair, one.pieces, one.sentence_of, self.markers, self.windows
                ),
            )


def score_pairs(
    pairs: Iterable[CutPair], graph: ScoreWindows, executor: Executor | None = None
) -> Iterator[PairScores]:
    """Each pair's log-odds, in order: log-sum-exp over its windows' (a soft maximum).

    With an `executor` batches are scored side by side; what a window gets stays the same.
    """
    stream = iter(pairs)
    while block := list(islice(stream, PAIRS_AT_ONCE)):
        windows = [window for one in block for window in one.windows]
        rows = _rows(windows, graph, executor)
        first = 0
        for one in block:
            own = rows[first : first + len(one.windows)]
            first += len(one.windows)
            yield PairScores(
                one.document,
                one.pair,
                pooled(own),
                tuple(window.sentences for window in one.windows),
                own.argmax(axis=0),
                sum(window.n_cut for window in one.windows),
                sum(window.n_unmarked for window in one.windows),
            )


def pooled(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """log(sum(exp(rows))) over the first axis."""
    top = rows.max(axis=0)
    total: npt.NDArray[np.float32] = top + np.log(np.exp(rows - top).sum(axis=0))
    return total


def _rows(
    windows: Sequence[MarkedWindow], graph: ScoreWindows, executor: Executor | None
) -> npt.NDArray[np.float32]:
    """Log-odds [windows, labels of all tasks]."""
    batches = list(bucket_marked(windows, _MAX_PIECES))

    def score(batch: tuple[Shape, list[int]]) -> npt.NDArray[np.float32]:
        shape, indices = batch
        return graph(pad_marked([windows[index] for index in indices], shape))

    scored = list(map(score, batches) if executor is None else executor.map(score, batches))
    rows = np.concatenate(scored)
    order = [index for _, indices in batches for index in indices]
    ordered = np.empty_like(rows)
    ordered[order] = rows
    return ordered
