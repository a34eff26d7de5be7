"""Trains word embeddings (gensim) on the corpora's own text, or on any other."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import numpy as np

from bioweave.document import Document, Word
from bioweave.errors import ConfigurationError, MissingExtraError
from bioweave.features.vectors import WordVectors, normal_form
from bioweave.features.word2vec import write_word2vec
from bioweave.text import segment, split_words
from bioweave.training.lines import open_lines

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
    # Words more frequent than this are passed over now and then (Mikolov et al., 2013, section
    # 2.3); the larger the text, the smaller it should be.
    sample: float = 1e-3
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
        with open_lines(self._path) as lines:
            for number, line in enumerate(lines):
                if number == self._max_lines:
                    return
                yield _forms(line, split_words(line))


def train_vectors(
    sentences: Iterable[Sequence[str]], settings: VectorTraining = VectorTraining()
) -> WordVectors:
    """Embeddings of the words that stand `min_count` times in the sentences, the commonest first.

    Raises ConfigurationError where no word is frequent enough.
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
        sample=settings.sample,
        **({"bucket": _N_NGRAMS} if is_fasttext else {}),
    )
    with _as_lines(sentences) as path:
        # gensim reads a file on its own, without waiting for Python between sentences.
        model.build_vocab(corpus_file=str(path))
        if not len(model.wv):
            raise ConfigurationError(
                f"no word stands {settings.min_count} times in the text that embeddings should be "
                "trained on; give more text or lower min_count"
            )
        model.train(
            corpus_file=str(path),
            total_words=model.corpus_total_words,
            total_examples=model.corpus_count,
            epochs=settings.epochs,
        )
    return WordVectors.of(model.wv.index_to_key, np.asarray(model.wv.vectors, dtype=np.float32))


@contextmanager
def _as_lines(sentences: Iterable[Sequence[str]]) -> Iterator[Path]:
    """A file with a sentence a line, words between spaces, for as long as it is needed."""
    with TemporaryDirectory(prefix="bioweave-") as folder:
        path = Path(folder, "sentences.txt")
        with path.open("w", encoding="utf-8") as file:
            for sentence in sentences:
                file.write(" ".join(sentence) + "\n")
        yield path


def _forms(text: str, words: Iterable[Word]) -> list[str]:
    return [normal_form(text[start:end]) for start, end in words]


def main() -> None:
    """Train embeddings on a text file and write them in word2vec's binary format."""
    parser = argparse.ArgumentParser(
        prog="python -m bioweave.training.vectors", description=main.__doc__
    )
    parser.add_argument("text", type=Path, help="one passage a line; may be compressed")
    parser.add_argument("file", type=Path, help="where to write, for a recipe's vectors.path")
    parser.add_argument("--dimensions", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--min-count", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    settings = VectorTraining(
        algorithm="fasttext",
        dimensions=options.dimensions,
        epochs=options.epochs,
        min_count=options.min_count,
        sample=1e-4,
        n_threads=options.threads,
    )
    write_word2vec(train_vectors(LinesText(options.text), settings), options.file)


if __name__ == "__main__":
    main()
