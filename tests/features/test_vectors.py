import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.errors import BundleError
from bioweave.features.vectors import VectorVocabulary, WordVectors, normal_form

any_word = st.text(st.characters(), max_size=10)


@given(st.lists(any_word, unique=True, max_size=8), st.lists(any_word, max_size=8))
def test_a_word_has_its_own_row_or_its_normal_forms_or_none(known, words):
    rows = VectorVocabulary(tuple(known)).rows(words + known)
    assert rows.dtype == np.int64
    for word, row in zip(words + known, rows.tolist(), strict=True):
        if word in known:
            assert known[row - 1] == word
        elif normal_form(word) in known:
            assert known[row - 1] == normal_form(word)
        else:
            assert row == 0


@given(any_word)
def test_a_normal_form_is_its_own(word):
    # Upper case that has no single lower case (İ) is the one exception that Unicode makes.
    assert normal_form(normal_form(word)) == normal_form(word)


def test_numbers_share_a_row():
    assert VectorVocabulary(("0000", "cyp3a4")).rows(["1995", "٢٠٢٤", "CYP3A4"]).tolist() == [
        1,
        1,
        2,
    ]


@given(words=st.lists(any_word, unique=True, max_size=5), n_dimensions=st.integers(1, 4))
def test_saved_vectors_are_the_same(tmp_path_factory, words, n_dimensions):
    folder = tmp_path_factory.mktemp("vectors")
    numbers = np.arange(len(words) * n_dimensions, dtype=np.float32)
    vectors = WordVectors.of(words, numbers.reshape(len(words), n_dimensions))
    vectors.save(folder)
    copy = WordVectors.read(folder)
    assert copy.vocabulary == vectors.vocabulary
    np.testing.assert_array_equal(copy.matrix, vectors.matrix)
    assert not copy.matrix[0].any()


def test_a_word_finds_its_vector():
    vectors = WordVectors.of(["zinc", "iron"], np.array([[1, 2], [3, 4]], dtype=np.float32))
    assert vectors.matrix[vectors.vocabulary.rows(["Iron", "lead"])].tolist() == [[3, 4], [0, 0]]


def test_words_and_matrix_have_to_match():
    with pytest.raises(BundleError, match="do not belong together"):
        WordVectors(VectorVocabulary(("a",)), np.zeros((1, 3), dtype=np.float32))


@pytest.mark.parametrize("content", ["", "{}", "[1, 2]", "[", "\udc80"])
def test_a_damaged_vocabulary_is_refused(tmp_path, content):
    path = tmp_path / "vectors.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(BundleError, match=r"vectors\.json"):
        VectorVocabulary.read(path)


def test_a_matrix_with_pickled_objects_is_refused(tmp_path):
    WordVectors.of(["a"], np.ones((1, 2), dtype=np.float32)).save(tmp_path)
    np.save(tmp_path / "vectors.npy", np.array([{}, None], dtype=object), allow_pickle=True)
    with pytest.raises(BundleError, match=r"vectors\.npy"):
        WordVectors.read(tmp_path)
