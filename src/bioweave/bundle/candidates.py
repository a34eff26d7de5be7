"""Spans that a lattice finds probable enough, whether the best path goes through them or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bioweave.bundle.chains import Chain, Chains, FloatArray
from bioweave.bundle.lattice import IntArray, Lattice
from bioweave.document import TagScheme


class Candidate(NamedTuple):
    """A span of the words of sequence `column`, half-open, with its probability."""

    column: int
    word_start: int
    word_end: int
    label: str
    confidence: float
    head: int


class _Open(NamedTuple):
    """Spans that have begun and may go on, side by side: an array each.

    `score` sums over all that precedes the span and over the span itself, up to `word`.
    """

    start: IntArray
    word: IntArray
    tag: IntArray
    column: IntArray
    score: FloatArray


def find_candidates(
    emissions: FloatArray, n_words: IntArray, lattice: Lattice, chains: Chains, floor: float
) -> Iterator[Candidate]:
    """Every span whose probability, over all taggings, is at least `floor`, a number above 0.

    A span is looked for in its scheme's own spelling, which is the only one that a CRF allows; of a
    head without ties that is the likeliest by far. None is missed: a span is at most as probable
    as its beginning, so beginnings are followed word by word until they fall below the floor.
    """
    if not 0 < floor <= 1:
        raise ValueError(f"a floor is above 0 and at most 1, not {floor}")
    for place, head in enumerate(chains.heads):
        yield from _of_head(emissions[:, :, place], n_words, lattice, (place, head), floor)


def _of_head(
    emissions: FloatArray,
    n_words: IntArray,
    lattice: Lattice,
    placed: tuple[int, Chain],
    floor: float,
) -> Iterator[Candidate]:
    place, head = placed
    names = head.tag_set.names
    labels = [name[2:] for name in names]
    last_prefixes = "BI" if head.tag_set.scheme is TagScheme.BIO else "ES"
    is_last = np.array([name[0] in last_prefixes for name in names])
    partition = lattice.log_partition[place]
    after, closing = lattice.after[:, :, place], lattice.closing[:, :, place]
    log_floor = np.log(floor)
    spans = _begun(lattice.before[:, :, place], after - partition, n_words, head, log_floor)
    while len(spans.start):
        at = (spans.word, spans.tag, spans.column)
        log_scores = spans.score + closing[at] - partition[spans.column]
        done = np.flatnonzero(is_last[spans.tag] & (log_scores >= log_floor))
        for column, start, word, tag, log_score in zip(
            spans.column[done].tolist(),
            spans.start[done].tolist(),
            spans.word[done].tolist(),
            spans.tag[done].tolist(),
            log_scores[done].tolist(),
            strict=True,
        ):
            confidence = min(float(np.exp(log_score)), 1.0)
            yield Candidate(column, start, word + 1, labels[tag], confidence, place)
        spans = _longer(spans, emissions, n_words, head)
        ahead = after[spans.word, spans.tag, spans.column] - partition[spans.column]
        spans = _Open(*(values[spans.score + ahead >= log_floor] for values in spans))


def _begun(
    before: FloatArray, after: FloatArray, n_words: IntArray, head: Chain, log_floor: float
) -> _Open:
    """The beginnings that are probable enough: all [N, T, B] but for `n_words` [B]."""
    first_tags = np.flatnonzero([name[0] in "BS" for name in head.tag_set.names])
    is_word = np.arange(len(before))[:, None, None] < n_words
    log_scores = before[:, first_tags] + after[:, first_tags]
    words, places, columns = np.nonzero((log_scores >= log_floor) & is_word)
    tags = first_tags[places]
    return _Open(words, words, tags, columns, before[words, tags, columns])


def _longer(spans: _Open, emissions: FloatArray, n_words: IntArray, head: Chain) -> _Open:
    """Each span with one word more, in every way that its last tag can go on."""
    inside = spans.word + 1 < n_words[spans.column]
    rows, tags = np.nonzero(head.continues[spans.tag] & inside[:, None])
    words, columns = spans.word[rows] + 1, spans.column[rows]
    step: npt.NDArray[np.float64] = head.transitions[spans.tag[rows], tags]
    score = spans.score[rows] + step + emissions[words, tags, columns]
    return _Open(spans.start[rows], words, tags, columns, score)
