"""A model run over a split of a corpus: gold and prediction side by side.

Mentions stay in characters of the corpus's own text. Only for the table of words are both spelled
in tags: each label by itself, snapped outward to the model's words, and where mentions of one label
overlap the longest wins. Predicted tags are those of the mentions that the model returned (so a
mode or a threshold shows in them); probabilities enter only ROC AUC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bioweave.corpus import info, load
from bioweave.document import Document, TagSet, Word
from bioweave.errors import ConfigurationError, CorpusError
from bioweave.scoring import TokenScores
from bioweave.text import word_spans

# How many documents are done, of how many.
Progress = Callable[[int, int], None]


class ScoringModel(Protocol):
    """Anything that annotates and says how sure it is of each word."""

    @property
    def labels(self) -> Sequence[str]:
        """What it can find."""

    def score(self, documents: Iterable[Document]) -> Iterator[tuple[Document, TokenScores]]:
        """Each document with the mentions found in it, in order, and its words' scores."""


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """Gold and prediction side by side, for the labels that are scored.

    `gold_tags` and `predicted_tags` are int8 [words, labels], `probabilities` is float32
    [words, labels, 3], as `bioweave.scoring` wants them; all documents' words in one row.
    `seconds` is what the model took.
    """

    labels: tuple[str, ...]
    not_scored: tuple[str, ...]
    gold: tuple[Document, ...]
    predicted: tuple[Document, ...]
    gold_tags: npt.NDArray[np.int8]
    predicted_tags: npt.NDArray[np.int8]
    probabilities: npt.NDArray[np.float32]
    seconds: float


def measure(
    model: ScoringModel,
    corpus: str,
    split: str = "test",
    *,
    documents: Sequence[Document] | None = None,
    progress: Progress | None = None,
) -> Measurement:
    """Run the model over a split; its documents reach it without their gold mentions.

    `documents` are measured on instead, if they are given: a part of the corpus.
    """
    labels, not_scored = _shared_labels(model, corpus)
    gold = load(corpus, split) if documents is None else documents
    if not gold:
        raise CorpusError(f"{corpus} {split} has no documents")
    predicted: list[Document] = []
    tables: list[_WordTable] = []
    seconds, started = 0.0, perf_counter()
    bare = (Document(one.id, one.text, passages=one.passages) for one in gold)
    for document, (guess, scores) in zip(gold, model.score(bare), strict=True):
        seconds += perf_counter() - started
        predicted.append(guess)
        tables.append(_word_table(document, guess, scores, labels))
        if progress:
            progress(len(predicted), len(gold))
        started = perf_counter()
    return Measurement(
        labels=labels,
        not_scored=not_scored,
        gold=tuple(gold),
        predicted=tuple(predicted),
        gold_tags=np.concatenate([table.gold_tags for table in tables]),
        predicted_tags=np.concatenate([table.predicted_tags for table in tables]),
        probabilities=np.concatenate([table.probabilities for table in tables]),
        seconds=seconds,
    )


def _shared_labels(model: ScoringModel, corpus: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    annotated = info(corpus).labels
    shared = tuple(label for label in annotated if label in model.labels)
    if not shared:
        raise ConfigurationError(
            f"{corpus} annotates {', '.join(annotated) or 'no mentions'}, and the model finds "
            f"{', '.join(model.labels)}: there is nothing to score"
        )
    return shared, tuple(label for label in annotated if label not in shared)


@dataclass(frozen=True, slots=True, eq=False)
class _WordTable:
    gold_tags: npt.NDArray[np.int8]
    predicted_tags: npt.NDArray[np.int8]
    probabilities: npt.NDArray[np.float32]


def _word_table(
    gold: Document, predicted: Document, scores: TokenScores, labels: Sequence[str]
) -> _WordTable:
    probabilities = np.empty((len(scores.words), len(labels), 3), dtype=np.float32)
    for column, label in enumerate(labels):
        probabilities[:, column] = scores.probabilities[label]
    return _WordTable(
        _tags(gold, scores.words, labels), _tags(predicted, scores.words, labels), probabilities
    )


def _tags(document: Document, words: Sequence[Word], labels: Sequence[str]) -> npt.NDArray[np.int8]:
    spans, _ = word_spans(document.mentions, words)
    tags = np.empty((len(words), len(labels)), dtype=np.int8)
    for column, label in enumerate(labels):
        own = [span for span in spans if span.label == label]
        tags[:, column] = TagSet((label,)).encode(own, len(words))
    return tags
