import bz2
import gzip
import lzma
import random
import sys

import numpy as np
import pytest

from bioweave.document import Document
from bioweave.errors import ConfigurationError, MissingExtraError
from bioweave.features.word2vec import read_word2vec
from bioweave.training import vectors
from bioweave.training.vectors import (
    LinesText,
    VectorTraining,
    document_sentences,
    train_vectors,
)

# Two topics that share no word: vectors have to tell them apart.
GENERATOR = random.Random(11)
TOPICS = [["".join(GENERATOR.choices("abcdefgh", k=5)) for _ in range(30)] for _ in range(2)]
SENTENCES = [GENERATOR.choices(TOPICS[number % 2], k=8) for number in range(600)]


@pytest.mark.parametrize("algorithm", ["word2vec", "fasttext"])
def test_words_of_one_topic_are_near_each_other(algorithm):
    settings = VectorTraining(algorithm=algorithm, dimensions=12, epochs=12, min_count=5)
    vectors = train_vectors(SENTENCES, settings)
    assert vectors.matrix.shape == (len(vectors.vocabulary.words) + 1, 12)
    assert vectors.matrix.dtype == np.float32
    assert not vectors.matrix[0].any()
    found = vectors.matrix[vectors.vocabulary.rows(TOPICS[0] + TOPICS[1])]
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    cosines = found @ found.T
    within = (cosines[:30, :30].mean() + cosines[30:, 30:].mean()) / 2
    assert within > cosines[:30, 30:].mean() + 0.3


def test_the_same_seed_gives_the_same_vectors():
    settings = VectorTraining(dimensions=8, epochs=2)
    first, second = (train_vectors(SENTENCES, settings) for _ in range(2))
    np.testing.assert_array_equal(first.matrix, second.matrix)


def test_rare_words_have_no_vector():
    vectors = train_vectors(
        [*SENTENCES, ["once", "metal"], ["metal"]], VectorTraining(dimensions=4, epochs=1)
    )
    assert vectors.vocabulary.rows(["once", "metal"]).astype(bool).tolist() == [False, True]


def test_text_without_frequent_words_is_refused():
    with pytest.raises(ConfigurationError, match="no word stands 2 times"):
        train_vectors([["a", "b"]])


def test_documents_give_their_sentences_in_normal_form():
    document = Document(id="1", text="IL-2 was given in 1995. Patients improved.")
    assert document_sentences([document]) == [
        ["il", "-", "0", "was", "given", "in", "0000", "."],
        ["patients", "improved", "."],
    ]


@pytest.mark.parametrize(
    ("name", "compress"),
    [("a.txt", bytes), ("a.xz", lzma.compress), ("a.gz", gzip.compress), ("a.bz2", bz2.compress)],
)
def test_lines_are_read_anew_at_each_pass(tmp_path, name, compress):
    path = tmp_path / name
    path.write_bytes(compress("Zinc binds\nβ-Carotene\n\xff".encode("latin-1", "replace") + b"\n"))
    lines = LinesText(path, max_lines=2)
    assert list(lines) == list(lines)
    assert [len(words) for words in lines] == [2, 3]
    assert next(iter(lines)) == ["zinc", "binds"]


def test_missing_gensim_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "gensim.models", None)
    with pytest.raises(MissingExtraError, match=r"bioweave\[train\]"):
        train_vectors(SENTENCES)


def test_the_module_trains_on_a_text_file(tmp_path, monkeypatch):
    text = tmp_path / "text.txt.gz"
    text.write_bytes(gzip.compress("\n".join(map(" ".join, SENTENCES)).encode()))
    out = tmp_path / "vectors.bin"
    options = ["--dimensions", "6", "--epochs", "1", "--threads", "1"]
    monkeypatch.setattr(sys, "argv", ["vectors", str(text), str(out), *options])
    vectors.main()
    read = read_word2vec(out)
    assert read.matrix.shape == (61, 6)
    assert set(read.vocabulary.words) == {word for topic in TOPICS for word in topic}
