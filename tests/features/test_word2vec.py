import gzip
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.errors import FormatError
from bioweave.features import word2vec
from bioweave.features.vectors import WordVectors
from bioweave.features.word2vec import read_word2vec, write_word2vec

WORDS = ["</s>", "aspirin", "IL-2", "β", "naïve", "0000"]
MATRIX = np.random.default_rng(5).normal(size=(len(WORDS), 7)).astype(np.float32)


def binary(words=WORDS, matrix=MATRIX, *, line_ends=True):
    """As the original C program writes it, or as gensim does (without line ends)."""
    parts = [f"{len(words)} {matrix.shape[1]}\n".encode()]
    for word, vector in zip(words, matrix, strict=True):
        numbers = struct.pack(f"<{len(vector)}f", *vector.tolist())
        parts.append(word.encode() + b" " + numbers + (b"\n" if line_ends else b""))
    return b"".join(parts)


def text(words=WORDS, matrix=MATRIX, *, header=True):
    lines = [f"{len(words)} {matrix.shape[1]}"] if header else []
    lines += [
        " ".join([word, *map(str, vector.tolist())])
        for word, vector in zip(words, matrix, strict=True)
    ]
    return ("\n".join(lines) + "\n").encode()


@pytest.mark.parametrize(
    "content",
    [
        binary(),
        binary(line_ends=False),
        text(),
        text(header=False),
        gzip.compress(binary()),
        gzip.compress(text()),
    ],
    ids=["binary", "binary without line ends", "text", "GloVe", "binary, gzip", "text, gzip"],
)
@pytest.mark.parametrize("block", [256, 1 << 20])
def test_every_format_gives_the_same_vectors(tmp_path, monkeypatch, content, block):
    monkeypatch.setattr(word2vec, "_BLOCK", block)
    path = tmp_path / "vectors.bin"
    path.write_bytes(content)
    vectors = read_word2vec(path)
    assert vectors.vocabulary.words == tuple(WORDS)
    np.testing.assert_array_equal(vectors.matrix[1:], MATRIX)


@pytest.mark.parametrize("is_binary", [True, False])
def test_gensim_writes_what_we_read(tmp_path, is_binary):
    keyed = pytest.importorskip("gensim.models").KeyedVectors(7)
    keyed.add_vectors(WORDS, MATRIX)
    keyed.save_word2vec_format(str(tmp_path / "vectors"), binary=is_binary)
    vectors = read_word2vec(tmp_path / "vectors")
    assert vectors.vocabulary.words == tuple(WORDS)
    np.testing.assert_allclose(vectors.matrix[1:], MATRIX, rtol=1e-6)


def test_only_wanted_words_are_kept(tmp_path):
    path = tmp_path / "vectors.bin"
    path.write_bytes(binary())
    vectors = read_word2vec(path, is_wanted={"β", "aspirin", "zinc"}.__contains__)
    assert vectors.vocabulary.words == ("aspirin", "β")
    np.testing.assert_array_equal(vectors.matrix, [np.zeros(7), MATRIX[1], MATRIX[3]])


def test_a_word_that_comes_twice_keeps_its_first_vector(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("a 1 2\nb 3 4\na 5 6\n")
    vectors = read_word2vec(path)
    assert vectors.vocabulary.words == ("a", "b")
    assert vectors.matrix.tolist() == [[0, 0], [1, 2], [3, 4]]


def test_a_word_may_hold_a_space_in_text(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("2 2\nbreast cancer 1 2\nb 3 4\n")
    assert read_word2vec(path).vocabulary.words == ("breast cancer", "b")


def test_a_word_that_is_not_utf8_does_not_stop_the_others(tmp_path):
    path = tmp_path / "vectors.bin"
    path.write_bytes(b"2 1\n\xff\xfe " + struct.pack("<f", 1) + b"ok " + struct.pack("<f", 2))
    assert read_word2vec(path).vocabulary.words == ("\ufffd\ufffd", "ok")


@given(cut=st.integers(1, len(binary(line_ends=False)) - 1))
def test_a_file_that_is_cut_off_is_refused(tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("cut") / "vectors.bin"
    path.write_bytes(binary(line_ends=False)[:-cut])
    with pytest.raises(FormatError, match=r"vectors\.bin"):
        read_word2vec(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no word embeddings"),
        (b"many words\nx", "numbers of words and dimensions"),
        (b"a 1 2\nb 1\n", "line 2: expected a word and 2 numbers"),
        (b"a 1 2\nb 1 two\n", "line 2: expected a word and 2 numbers"),
        (b"<html> not vectors at all", "expected a word"),
    ],
)
def test_other_files_are_refused(tmp_path, content, message):
    path = tmp_path / "vectors"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=message):
        read_word2vec(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FormatError, match="nowhere"):
        read_word2vec(tmp_path / "nowhere")


def test_what_is_written_is_read(tmp_path):
    vectors = WordVectors.of(WORDS, MATRIX)
    write_word2vec(vectors, tmp_path / "vectors.bin")
    assert (tmp_path / "vectors.bin").read_bytes() == binary()
    read = read_word2vec(tmp_path / "vectors.bin")
    assert read.vocabulary == vectors.vocabulary
    np.testing.assert_array_equal(read.matrix, vectors.matrix)


def test_the_first_words_are_the_commonest(tmp_path):
    (tmp_path / "vectors.bin").write_bytes(binary())
    read = read_word2vec(tmp_path / "vectors.bin", max_words=2)
    assert read.vocabulary.words == tuple(WORDS[:2])
    longer = read_word2vec(tmp_path / "vectors.bin", max_words=99)
    assert len(longer.vocabulary.words) == len(WORDS)
