"""Documents -> chunks of windows, ready for the graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias

import numpy.typing as npt

from bioweave.bundle import Bundle
from bioweave.document import Document, Sentence, Word
from bioweave.features.windows import Window, make_windows_of_many
from bioweave.text import segment

Features: TypeAlias = Mapping[str, npt.NDArray[Any]]

# Some 6,000 words: enough windows to fill batches of every length, and quick to get through.
_CHARACTERS_IN_CHUNK = 40_000


@dataclass(frozen=True, slots=True, eq=False)
class PreparedDocument:
    """A document, its flat list of words, and the windows that hold them.

    `features` are the graph's inputs beside pieces, [n_words, ...] each; `sentences` are empty for
    words that nobody cut from a text.
    """

    document: Document
    words: tuple[Word, ...]
    windows: list[Window]
    features: Features
    sentences: tuple[Sentence, ...] = ()

    def features_of(self, window: Window) -> Features:
        """The features of a window's words."""
        words = slice(window.word_start, window.word_end)
        return {name: values[words] for name, values in self.features.items()}


def cut_chunks(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Documents in groups of bounded size, though each group has at least one."""
    chunk: list[Document] = []
    n_characters = 0
    for document in documents:
        chunk.append(document)
        n_characters += len(document.text)
        if n_characters >= _CHARACTERS_IN_CHUNK:
            yield chunk
            chunk, n_characters = [], 0
    if chunk:
        yield chunk


def prepare(documents: Sequence[Document], bundle: Bundle) -> list[PreparedDocument]:
    """Each document with its words, windows and features."""
    texts = [_encodable(document.text) for document in documents]
    sentences = [
        segment(text, document.passages) for text, document in zip(texts, documents, strict=True)
    ]
    windows = make_windows_of_many(
        list(zip(texts, sentences, strict=True)),
        bundle.tokenizer,
        bundle.manifest.windows,
        bundle.second_tokenizer,
    )
    return [
        _prepared(document, text, own_sentences, own_windows, bundle)
        for document, text, own_sentences, own_windows in zip(
            documents, texts, sentences, windows, strict=True
        )
    ]


def _prepared(
    document: Document,
    text: str,
    sentences: Sequence[Sentence],
    windows: list[Window],
    bundle: Bundle,
) -> PreparedDocument:
    words = tuple(chain.from_iterable(sentence.words for sentence in sentences))
    features: Features = {}
    if bundle.featurizer is not None and words:
        features = bundle.featurizer.features(
            [text[start:end] for start, end in words],
            [len(sentence.words) for sentence in sentences],
        )
    return PreparedDocument(document, words, windows, features, tuple(sentences))


def _encodable(text: str) -> str:
    """The text with lone surrogates, which no tokenizer takes, as replacement characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text
