"""Emissions -> labelled spans of words with their probability, and each word's B, I and O."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from bioweave.bundle.candidates import find_candidates
from bioweave.bundle.chains import FORBIDDEN, Chains, FloatArray
from bioweave.bundle.lattice import Lattice, forward_backward, viterbi, within_reach

FloatEmissions: TypeAlias = npt.NDArray[np.float32]

# Sequences of similar length side by side: enough for numpy's overhead to vanish, few enough for
# a lattice to stay in the processor's cache.
_WORDS_AT_ONCE = 8192


class ScoredSpan(NamedTuple):
    """A span of a sequence's words, half-open, that the head at place `head` found.

    `confidence` is the probability, over all taggings of the sequence, that exactly this span
    with exactly this label is in it.
    """

    word_start: int
    word_end: int
    label: str
    confidence: float
    head: int


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """What a sequence says: its spans, and each head's probabilities of tags if asked for.

    `marginals[head]` is float32 [n_words, tags of the head], and `pairs[head]` float32
    [n_words - 1, tags, tags] is how probable a word's tag and the next word's are together.
    `candidates`, if asked for, are spans that the most probable tagging left out; they may overlap
    each other and `spans`.
    """

    spans: list[ScoredSpan]
    marginals: tuple[npt.NDArray[np.float32], ...] = ()
    candidates: list[ScoredSpan] = field(default_factory=list)
    pairs: tuple[npt.NDArray[np.float32], ...] = ()


def decode(
    sequences: Sequence[FloatEmissions],
    chains: Chains,
    *,
    with_marginals: bool = False,
    with_pairs: bool = False,
    floor: float | None = None,
) -> list[Decoded]:
    """Each sequence's most probable spans; `sequences` hold emissions [n_words, tags of all heads].

    With a `floor`, above 0 and at most 1, all other spans whose confidence is at least that are
    candidates, by head and by where they start. Sequences do not influence each other.
    """
    decoded: list[Decoded] = [Decoded([]) for _ in sequences]
    for indices in _batches(sequences):
        emissions, n_words = _stack([sequences[index] for index in indices], chains)
        tags = viterbi(emissions, n_words, chains)
        lattice = forward_backward(emissions, n_words, chains)
        for column, span in _spans(tags, emissions, lattice, chains):
            decoded[indices[column]].spans.append(span)
        if with_marginals:
            probabilities = lattice.marginals()
            for column, index in enumerate(indices):
                marginals = tuple(
                    probabilities[: n_words[column], : len(head.tag_set), place, column].astype(
                        np.float32
                    )
                    for place, head in enumerate(chains.heads)
                )
                decoded[index] = replace(decoded[index], marginals=marginals)
        if with_pairs:
            joint = lattice.pairs(emissions, chains)
            for column, index in enumerate(indices):
                pairs = tuple(
                    joint[: n_words[column] - 1, : len(head.tag_set), : len(head.tag_set), place][
                        ..., column
                    ].astype(np.float32)
                    for place, head in enumerate(chains.heads)
                )
                decoded[index] = replace(decoded[index], pairs=pairs)
        if floor is not None:
            for candidate in find_candidates(emissions, n_words, lattice, chains, floor):
                found = ScoredSpan(*candidate[1:])
                decoded[indices[candidate.column]].candidates.append(found)
            for index in indices:
                _leave_out_found(decoded[index])
    return decoded


def _leave_out_found(decoded: Decoded) -> None:
    found = {(span.head, span[:3]) for span in decoded.spans}
    others = [span for span in decoded.candidates if (span.head, span[:3]) not in found]
    others.sort(key=lambda span: (span.head, span.word_start, span.word_end, span.label))
    decoded.candidates[:] = others


def _batches(sequences: Sequence[FloatEmissions]) -> Iterator[list[int]]:
    """Indices of sequences that have words, similar lengths together."""
    ordered = sorted(
        (index for index, sequence in enumerate(sequences) if len(sequence)),
        key=lambda index: len(sequences[index]),
    )
    batch: list[int] = []
    for index in ordered:
        if batch and (len(batch) + 1) * len(sequences[index]) > _WORDS_AT_ONCE:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _stack(
    sequences: Sequence[FloatEmissions], chains: Chains
) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    n_words = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
    beside = np.zeros((int(n_words.max()), len(sequences), chains.columns[-1].stop))
    for column, sequence in enumerate(sequences):
        beside[: len(sequence), column] = sequence
    shape = (len(beside), chains.n_tags, len(chains.heads), len(sequences))
    stacked = np.full(shape, FORBIDDEN)
    for place, columns in enumerate(chains.columns):
        own = beside[:, :, columns].swapaxes(1, 2)
        stacked[:, : own.shape[1], place] = own
    return within_reach(stacked), n_words


def _spans(
    tags: npt.NDArray[np.int64], emissions: FloatArray, lattice: Lattice, chains: Chains
) -> Iterator[tuple[int, ScoredSpan]]:
    """(sequence, span) for the spans that `tags` [N, H, B] spell, each sequence's in order."""
    if not tags.any():
        return
    path = _path_scores(tags, emissions, chains)
    for place, head in enumerate(chains.heads):
        starts, ends, columns = _find_spans(tags[:, place], head.tag_set.names)
        first, last = tags[starts, place, columns], tags[ends - 1, place, columns]
        log_scores = (
            lattice.before[starts, first, place, columns]
            + path[ends - 1, place, columns]
            - path[starts, place, columns]
            + lattice.closing[ends - 1, last, place, columns]
            - lattice.log_partition[place, columns]
        )
        confidences = np.minimum(np.exp(log_scores), 1.0)
        labels = [name[2:] for name in head.tag_set.names]
        for column, start, end, tag, confidence in zip(
            columns.tolist(),
            starts.tolist(),
            ends.tolist(),
            first.tolist(),
            confidences.tolist(),
            strict=True,
        ):
            yield column, ScoredSpan(start, end, labels[tag], confidence, place)


def _path_scores(tags: npt.NDArray[np.int64], emissions: FloatArray, chains: Chains) -> FloatArray:
    """[N, H, B]: the score of the chain `tags` from the first word up to each word."""
    emitted = np.take_along_axis(emissions, tags[:, None], axis=1)[:, 0]
    heads = np.arange(len(chains.heads))[None, :, None]
    emitted[1:] += chains.transitions[heads, tags[:-1], tags[1:]]
    path: FloatArray = emitted.cumsum(axis=0)
    return path


def _find_spans(
    tags: npt.NDArray[np.int64], names: Sequence[str]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Starts, ends and sequences of the spans of tags [N, B], read as `TagSet.decode` does."""
    order = {name: place for place, name in enumerate(dict.fromkeys(name[2:] for name in names))}
    label = np.array([order[name[2:]] for name in names])[tags]  # 0 is O
    begins = np.array([name[0] in "BS" for name in names])[tags]
    closes = np.array([name[0] in "ES" for name in names])[tags]
    is_inside = label > 0
    is_start, is_end = is_inside.copy(), is_inside.copy()
    is_start[1:] &= begins[1:] | (label[1:] != label[:-1]) | closes[:-1]
    is_end[:-1] &= is_start[1:] | ~is_inside[1:]
    # By sequence, then by word: the nth start belongs to the nth end.
    columns, starts = np.nonzero(is_start.T)
    _, ends = np.nonzero(is_end.T)
    return starts, ends + 1, columns
