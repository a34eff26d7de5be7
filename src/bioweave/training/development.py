"""The score that a run is steered by: strict F1 on the dev documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from bioweave.bundle import Chains, Graph, decode
from bioweave.document import Document, Mention, Word
from bioweave.features.batches import bucket_windows, pad_windows
from bioweave.features.windows import Window
from bioweave.scoring import strict_f1
from bioweave.training.data import RunCorpus
from bioweave.training.examples import CutDocument, ExampleMaker, Features
from bioweave.training.processes import shared_out

# Pieces a forward pass: without gradients memory allows many more than in training.
_MAX_PIECES = 4096


class DevelopmentSet:
    """The dev documents of a run, cut once, to be scored again and again."""

    def __init__(self, maker: ExampleMaker, corpora: Sequence[RunCorpus]) -> None:
        self._measured = [
            (one.choice.name, one.labels, list(one.dev), maker.cut(one.dev))
            for one in corpora
            if one.dev
        ]

    @property
    def corpora(self) -> tuple[str, ...]:
        """The names of the corpora that are measured on."""
        return tuple(name for name, *_ in self._measured)

    def score(self, graph: Graph, chains: Chains) -> dict[str, float]:
        """`strict_f1` (the mean over corpora) and `strict_f1/CORPUS` for each, from 0 to 1.

        Several processes share the documents out, and have to call it together.
        """
        scores = {}
        for name, labels, gold, cut in self._measured:
            found = shared_out(partial(_mentions, graph=graph, chains=chains), cut)
            predicted = [one.with_mentions(own) for one, own in zip(gold, found, strict=True)]
            scores[f"strict_f1/{name}"] = strict_f1(gold, predicted, labels)
        mean = sum(scores.values()) / len(scores) if scores else 0.0
        return {"strict_f1": mean, **scores}


def predict(cut: Sequence[CutDocument], graph: Graph, chains: Chains) -> Iterator[Document]:
    """The documents with the mentions that graph and chains find; no thresholds, no rules."""
    flat = [(number, window) for number, one in enumerate(cut) for window in one.windows]
    windows = [window for _, window in flat]
    emissions = emissions_of(windows, [cut[n].features_of(window) for n, window in flat], graph)
    # Windows of one long sentence are decoded together.
    grouped = groupby(range(len(flat)), key=lambda i: (flat[i][0], flat[i][1].segment))
    segments = [(number, list(indices)) for (number, _), indices in grouped]
    sequences = [np.concatenate([emissions[i] for i in indices]) for _, indices in segments]
    mentions: list[list[Mention]] = [[] for _ in cut]
    for (number, indices), found in zip(segments, decode(sequences, chains), strict=True):
        first = windows[indices[0]].keep_start
        one = cut[number]
        mentions[number] += [
            _mention(
                one.document.text, one.words[first + s.word_start : first + s.word_end], s.label
            )
            for s in found.spans
        ]
    for one, of_document in zip(cut, mentions, strict=True):
        yield one.document.with_mentions(of_document)


def _mentions(
    cut: Sequence[CutDocument], *, graph: Graph, chains: Chains
) -> list[tuple[Mention, ...]]:
    return [tuple(document.mentions) for document in predict(cut, graph, chains)]


def emissions_of(
    windows: Sequence[Window], features: Sequence[Features], graph: Graph
) -> list[npt.NDArray[Any]]:
    """Each window's kept words' emissions [words, tags]."""
    emissions: list[npt.NDArray[Any]] = [np.empty(0)] * len(windows)
    for n_pieces, indices in bucket_windows(windows, _MAX_PIECES):
        batch = graph(
            pad_windows([windows[i] for i in indices], n_pieces, [features[i] for i in indices])
        )
        for row, index in zip(batch, indices, strict=True):
            window = windows[index]
            first = window.keep_start - window.word_start
            emissions[index] = row[first : first + window.keep_end - window.keep_start]
    return emissions


def _mention(text: str, words: Sequence[Word], label: str) -> Mention:
    start, end = words[0].start, words[-1].end
    return Mention(start, end, text[start:end], label)
