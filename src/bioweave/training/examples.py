"""Documents -> windows with tags: what one step of training looks at."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.utils.data import Dataset

from bioweave.document import Document, Sentence, Word, WordSpan
from bioweave.features.batches import pad_windows
from bioweave.features.windows import Window, WindowSettings, make_windows_of_many
from bioweave.features.word_features import WordFeaturizer
from bioweave.model.heads import Head
from bioweave.text import segment, word_spans

Features: TypeAlias = dict[str, npt.NDArray[Any]]

# Documents tokenised in one call; more only costs memory.
_DOCUMENTS_AT_ONCE = 256


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A window and what it should be tagged with.

    `tags` [W, heads] are tag indices; `trains` [heads] is True for the heads that this window's
    corpus annotates, and the tags of the others mean nothing. `features` are the window's word
    features by graph input, unpadded. A teacher's `soft_tags` [W, heads, tags] mean something for
    the heads that `teaches` [heads] marks.
    """

    window: Window
    tags: npt.NDArray[np.int64]
    trains: npt.NDArray[np.bool_]
    features: Features = field(default_factory=dict)
    soft_tags: npt.NDArray[np.float16] | None = None
    teaches: npt.NDArray[np.bool_] | None = None

    @property
    def has_mention(self) -> bool:
        """Whether any head that learns from it has something to find."""
        # Tag 0 is O in every scheme.
        return bool(self.tags[:, self.trains].any())

    @property
    def n_pieces(self) -> int:
        """Pieces, special ones included."""
        return len(self.window.piece_ids)


@dataclass(frozen=True, slots=True, eq=False)
class CutDocument:
    """A document with its flat list of words, its windows, and its words' features, unpadded."""

    document: Document
    words: tuple[Word, ...]
    windows: list[Window]
    features: Features

    def features_of(self, window: Window) -> Features:
        """The features of a window's words."""
        return {
            name: array[window.word_start : window.word_end]
            for name, array in self.features.items()
        }


@dataclass(frozen=True, slots=True)
class Loss:
    """Gold mentions that the tags cannot hold, so training never sees them as annotated."""

    misaligned: int = 0  # a boundary falls inside a word: learned with the whole word
    shadowed: int = 0  # overlapped by a longer mention of the same head: not learned


class Taught(Protocol):
    """What teachers say of some documents."""

    @property
    def teaches(self) -> npt.NDArray[np.bool_]:
        """[heads], True for the heads that they know."""

    def of_document(self, number: int, n_words: int) -> npt.NDArray[np.float16]:
        """[words, heads, tags]: their probabilities for one of the documents."""


class Examples(Dataset[Example]):
    """All the windows of a run."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self._examples = list(examples)

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, position: int) -> Example:
        return self._examples[position]

    def digest(self) -> str:
        """A SHA-256 of their pieces, words, tags and learners, in order."""
        digest = hashlib.sha256()
        for one in self._examples:
            for array in (one.window.piece_ids, one.window.word_pieces, one.tags, one.trains):
                digest.update(np.array(array.shape).tobytes() + array.tobytes())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class ExampleMaker:
    """Turns documents into examples in the way a recipe says."""

    tokenizer: Tokenizer
    windows: WindowSettings
    heads: tuple[Head, ...]
    featurizer: WordFeaturizer | None = None
    second_tokenizer: Tokenizer | None = None

    def cut(self, documents: Sequence[Document]) -> list[CutDocument]:
        """Each document cut into windows, with its words and their features."""
        made: list[CutDocument] = []
        for start in range(0, len(documents), _DOCUMENTS_AT_ONCE):
            chunk = documents[start : start + _DOCUMENTS_AT_ONCE]
            sentences = [segment(document.text, document.passages) for document in chunk]
            texts = [document.text for document in chunk]
            windows = make_windows_of_many(
                list(zip(texts, sentences, strict=True)),
                self.tokenizer,
                self.windows,
                self.second_tokenizer,
            )
            made += map(self._cut, chunk, sentences, windows)
        return made

    def _cut(
        self, document: Document, sentences: Sequence[Sentence], windows: list[Window]
    ) -> CutDocument:
        words = tuple(word for sentence in sentences for word in sentence.words)
        features: Features = {}
        if self.featurizer is not None:
            # Over whole sentences: what a word gets must not depend on where a window ends.
            features = self.featurizer.features(
                [document.text[start:end] for start, end in words],
                [len(sentence.words) for sentence in sentences],
            )
        return CutDocument(document, words, windows, features)

    def examples(
        self,
        documents: Sequence[Document],
        trains: Sequence[bool],
        taught: Taught | None = None,
    ) -> tuple[list[Example], Loss]:
        """The documents' examples, for heads that `trains` marks; and what tags cannot hold.

        `taught` holds what teachers say of these documents.
        """
        made: list[Example] = []
        misaligned = shadowed = 0
        for number, cut in enumerate(self.cut(documents)):
            per_head = []
            for head, used in zip(self.heads, trains, strict=True):
                mentions = [m for m in cut.document.mentions if used and m.label in head.labels]
                spans, torn = word_spans(mentions, cut.words)
                misaligned += len(torn)
                shadowed += _n_shadowed(spans)
                per_head.append(spans)
            pairs = list(zip(self.heads, per_head, strict=True))
            soft = taught.of_document(number, len(cut.words)) if taught is not None else None
            made += [
                Example(
                    window,
                    np.stack([_tags(*pair, window) for pair in pairs], axis=1),
                    np.array(trains, dtype=np.bool_),
                    cut.features_of(window),
                    None if soft is None else soft[window.word_start : window.word_end],
                    None if taught is None else taught.teaches,
                )
                for window in cut.windows
            ]
        return made, Loss(misaligned, shadowed)


def collate(examples: Sequence[Example]) -> dict[str, Tensor]:
    """A batch: the graph's inputs, `tags` [B, W, heads] and `trains` [B, heads]."""
    inputs = pad_windows(
        [example.window for example in examples],
        word_features=[example.features for example in examples],
    )
    n_words = inputs["word_pieces"].shape[1]
    tags = np.zeros((len(examples), n_words, examples[0].tags.shape[1]), dtype=np.int64)
    for row, example in enumerate(examples):
        tags[row, : len(example.tags)] = example.tags
    inputs["tags"] = tags
    inputs["trains"] = np.stack([example.trains for example in examples])
    inputs |= _soft_inputs(examples, n_words)
    return {name: torch.from_numpy(array) for name, array in inputs.items()}


def _soft_inputs(examples: Sequence[Example], n_words: int) -> dict[str, npt.NDArray[Any]]:
    """`soft_tags` [B, W, heads, tags] and `teaches` [B, heads], if any of the rows is taught."""
    taught = [example.soft_tags for example in examples if example.soft_tags is not None]
    if not taught:
        return {}
    soft = np.zeros((len(examples), n_words, *taught[0].shape[1:]), dtype=np.float32)
    teaches = np.zeros((len(examples), taught[0].shape[1]), dtype=np.bool_)
    for row, example in enumerate(examples):
        if example.soft_tags is not None and example.teaches is not None:
            soft[row, : len(example.soft_tags)] = example.soft_tags
            teaches[row] = example.teaches
    return {"soft_tags": soft, "teaches": teaches}


def _tags(head: Head, spans: Sequence[WordSpan], window: Window) -> npt.NDArray[np.int64]:
    # A mention that runs over the window's edge is learned as if it began or ended there, so
    # that no tag sequence breaks the scheme.
    clipped = [
        WordSpan(
            max(start, window.word_start) - window.word_start,
            min(end, window.word_end) - window.word_start,
            label,
        )
        for start, end, label in spans
        if start < window.word_end and window.word_start < end
    ]
    tags = head.tag_set.encode(clipped, window.word_end - window.word_start)
    return np.array(tags, dtype=np.int64)


def _n_shadowed(spans: Sequence[WordSpan]) -> int:
    shadowed, reached = 0, -1
    for start, end, _ in sorted(spans, key=lambda span: (span[0], -span[1])):
        shadowed += start < reached
        reached = max(reached, end)
    return shadowed
