"""Prepared documents -> what the graph and the chains say of their words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
import numpy.typing as npt

from bioweave.annotator.preparation import PreparedDocument
from bioweave.bundle import Bundle, Decoded, ScoredSpan, decode
from bioweave.features.batches import bucket_windows, pad_windows
from bioweave.features.windows import Window
from bioweave.fusion import TagChain, joined_chains

# Where a graph does not say what suits it.
_PIECES_IN_BATCH = 384


@dataclass(frozen=True, slots=True, eq=False)
class Annotation:
    """What was found in a document: spans of its flat list of words, in order.

    `marginals[head]` is float32 [n_words, tags of the head], if it was asked for; so are
    `candidates`, the less probable spans beside those found, and `chains[head]`, which tell of
    neighbours as well.
    """

    prepared: PreparedDocument
    spans: list[ScoredSpan]
    marginals: tuple[npt.NDArray[np.float32], ...] = ()
    candidates: list[ScoredSpan] = field(default_factory=list)
    chains: tuple[TagChain, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """Where a window came from."""

    document: int
    position: int


class Inference:
    """The graph at work on a chunk of documents; `result` waits for it and decodes."""

    def __init__(
        self,
        prepared: Sequence[PreparedDocument],
        bundle: Bundle,
        executor: Executor,
        *,
        n_threads: int,
    ) -> None:
        self._prepared = prepared
        self._bundle = bundle
        self._rows = [
            _Row(document, position)
            for document, one in enumerate(prepared)
            for position in range(len(one.windows))
        ]
        windows = [prepared[row.document].windows[row.position] for row in self._rows]
        # A lone document's few windows are shared out among the threads.
        share = -(-sum(len(window.piece_ids) for window in windows) // n_threads)
        most = getattr(bundle.graph, "pieces_in_batch", _PIECES_IN_BATCH)
        self._batches: list[tuple[list[int], Future[npt.NDArray[np.float32]]]] = [
            (indices, executor.submit(self._emissions, n_pieces, indices))
            for n_pieces, indices in bucket_windows(windows, min(share, most))
        ]

    def result(
        self,
        *,
        with_marginals: bool = False,
        with_chains: bool = False,
        floor: float | None = None,
    ) -> list[Annotation]:
        """What was found in each document, and candidates from `floor` on.

        Raises what the graph raised.
        """
        kept: list[npt.NDArray[np.float32] | None] = [None] * len(self._rows)
        for indices, future in self._batches:
            for emissions, index in zip(future.result(), indices, strict=True):
                window = self._window(index)
                first = window.keep_start - window.word_start
                kept[index] = emissions[first : first + window.keep_end - window.keep_start]
        segments = [
            (document, [index for index, _ in members])
            for (document, _), members in groupby(
                enumerate(self._rows), key=lambda pair: self._segment(pair[1])
            )
        ]
        sequences = [
            np.concatenate([part for index in indices if (part := kept[index]) is not None])
            for _, indices in segments
        ]
        decoded = decode(
            sequences,
            self._bundle.chains,
            with_marginals=with_marginals or with_chains,
            with_pairs=with_chains,
            floor=floor,
        )
        found: list[list[tuple[int, Decoded]]] = [[] for _ in self._prepared]
        for (document, indices), one in zip(segments, decoded, strict=True):
            found[document].append((self._window(indices[0]).keep_start, one))
        return [
            Annotation(
                prepared,
                _shifted((first, one.spans) for first, one in parts),
                self._marginals(parts) if with_marginals else (),
                _shifted((first, one.candidates) for first, one in parts),
                self._chains(parts) if with_chains else (),
            )
            for prepared, parts in zip(self._prepared, found, strict=True)
        ]

    def _emissions(self, n_pieces: int, indices: list[int]) -> npt.NDArray[np.float32]:
        rows = [self._rows[index] for index in indices]
        windows = [self._window(index) for index in indices]
        features = [
            self._prepared[row.document].features_of(window)
            for row, window in zip(rows, windows, strict=True)
        ]
        return self._bundle.graph(pad_windows(windows, n_pieces, features))

    def _window(self, index: int) -> Window:
        row = self._rows[index]
        return self._prepared[row.document].windows[row.position]

    def _segment(self, row: _Row) -> tuple[int, int]:
        return row.document, self._prepared[row.document].windows[row.position].segment

    def _marginals(
        self, parts: Sequence[tuple[int, Decoded]]
    ) -> tuple[npt.NDArray[np.float32], ...]:
        """One array a head for a whole document."""
        none = [np.zeros((0, len(head.tags)), np.float32) for head in self._bundle.manifest.heads]
        return tuple(
            np.concatenate([empty, *(one.marginals[place] for _, one in parts)])
            for place, empty in enumerate(none)
        )

    def _chains(self, parts: Sequence[tuple[int, Decoded]]) -> tuple[TagChain, ...]:
        """One chain a head for a whole document, whose segments know nothing of each other."""
        return tuple(
            joined_chains(
                [TagChain(one.marginals[place], one.pairs[place]) for _, one in parts],
                len(head.tags),
            )
            for place, head in enumerate(self._bundle.manifest.heads)
        )


def _shifted(parts: Iterable[tuple[int, Sequence[ScoredSpan]]]) -> list[ScoredSpan]:
    """The spans of consecutive segments, counted in the words of the document."""
    return [
        span._replace(word_start=span.word_start + first, word_end=span.word_end + first)
        for first, spans in parts
        for span in spans
    ]
