"""Trains word embeddings (gensim) on the corpora's own text, or on any other."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

import numpy as np

from bioweave.document import Document, Word
from bioweave.errors import ConfigurationError, MissingExtraError
from bioweave.features.vectors import WordVectors, normal_form
from bioweave.text import segment, split_words

# Rows for parts of words. gensim's two million would take a gigabyte beside the small
# vocabulary of a corpus.
_N_NGRAMS = 200_000


@dataclass(frozen=True, slots=True)
class VectorTraining:
    """How embeddings are trained; the defaults are BioWordVec's where they suit small corpora.

    `fasttext` learns words together with the parts of them (Bojanowski et al., 2017), `word2vec`
    as they are (Mikolov et al., 2013); both as skip-grams. What is kept is one vector per word.
    """

    algorithm: Literal["word2vec", "fasttext"] = "fasttext"
    dimensions: int = 100
    window: int = 5  # words to each side
    epochs: int = 10
    min_count: int = 2
    seed: int = 13
    # With more than one the order of updates, and so the result, changes from run to run.
    n_threads: int = 1


def document_sentences(documents: Iterable[Document]) -> list[list[str]]:
    """The sentences of documents in the form in which words have embeddings."""
    return [
        _forms(document.text, sentence.words)
        for document in documents
        for sentence in segment(document.text, document.passages)
    ]


class LinesText:
    """The words of a text file with one passage a line, read anew at each pass.

    A line counts as one sentence: to a window of a few words it makes no difference. The file
    may be compressed (.xz, .gz, .bz2). `max_lines` stops early.
    """

    def __init__(self, path: Path, *, max_lines: int | None = None) -> None:
        self._path = path
        self._max_lines = max_lines

    def __iter__(self) -> Iterator[list[str]]:
        with _opened(self._path) as lines:
            for number, line in enumerate(lines):
                if number == self._max_lines:
                    return
                yield _forms(line, split_words(line))


def train_vectors(
    sentences: Iterable[Sequence[str]], settings: VectorTraining = VectorTraining()
) -> WordVectors:
    """Embeddings of the words that stand `min_count` times in the sentences, the commonest first.

    The sentences are passed over `epochs` + 1 times: give a list or `LinesText`, not
    a generator. Raises ConfigurationError where no word is frequent enough.
    """
    try:
        from gensim.models import FastText, Word2Vec
    except ImportError as error:
        raise MissingExtraError(
            "gensim", extra="train", needed_for="training word embeddings"
        ) from error
    is_fasttext = settings.algorithm == "fasttext"
    model = (FastText if is_fasttext else Word2Vec)(
        vector_size=settings.dimensions,
        window=settings.window,
        min_count=settings.min_count,
        sg=1,
        seed=settings.seed,
        workers=settings.n_threads,
        **({"bucket": _N_NGRAMS} if is_fasttext else {}),
    )
    model.build_vocab(corpus_iterable=sentences)
    if not len(model.wv):
        raise ConfigurationError(
            f"no word stands {settings.min_count} times in the text that embeddings should be "
            "trained on; give more text or lower min_count"
        )
    model.train(
        corpus_iterable=sentences,
        total_examples=model.corpus_count,
        epochs=settings.epochs,
    )
    return WordVectors.of(model.wv.index_to_key, np.asarray(model.wv.vectors, dtype=np.float32))


def _opened(path: Path) -> TextIO:
    match path.suffix:
        case ".xz":
            return lzma.open(path, "rt", encoding="utf-8", errors="replace")
        case ".gz":
            return gzip.open(path, "rt", encoding="utf-8", errors="replace")
        case ".bz2":
            return bz2.open(path, "rt", encoding="utf-8", errors="replace")
    return path.open(encoding="utf-8", errors="replace")


def _forms(text: str, words: Iterable[Word]) -> list[str]:
    return [normal_form(text[start:end]) for start, end in words]
