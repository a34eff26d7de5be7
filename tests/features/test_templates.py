"""Feature templates: what a word's row depends on, and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.features.settings import FeatureSettings
from bioweave.features.templates import TemplateHasher
from bioweave.features.word_features import WordFeaturizer

WORDS = st.text(min_size=1, max_size=12)
SENTENCES = st.lists(st.lists(WORDS, max_size=6), max_size=5)


@given(SENTENCES, st.integers(1, 5000))
def test_every_word_has_a_row_of_places_in_the_table(
    sentences: list[list[str]], n_buckets: int
) -> None:
    ids = TemplateHasher(n_buckets).ids(sentences)
    assert ids.shape == (sum(map(len, sentences)), TemplateHasher.n_templates)
    assert ids.dtype == np.int64
    assert ((ids >= 1) & (ids <= n_buckets)).all()


@given(SENTENCES)
def test_sentences_do_not_hear_of_each_other(sentences: list[list[str]]) -> None:
    hasher = TemplateHasher(1 << 16)
    alone = [hasher.ids([sentence]) for sentence in sentences]
    together = hasher.ids(sentences)
    none = np.zeros((0, TemplateHasher.n_templates), dtype=np.int64)
    np.testing.assert_array_equal(together, np.concatenate([none, *alone]))


def test_a_word_knows_two_neighbours_to_either_side() -> None:
    hasher = TemplateHasher(1 << 20)
    words = "a trial of velmar syndrome in mice".split()
    plain = hasher.ids([words])
    changed = hasher.ids([[*words[:3], "gout", *words[4:]]])
    differs = (plain != changed).any(axis=1)
    assert differs.tolist() == [False, True, True, True, True, True, False]


def test_the_same_on_every_machine() -> None:
    # Weights are kept by place: another hash would make every model that was trained worthless.
    ids = TemplateHasher(1000).ids([["Gout", "hurts"]])
    assert ids[0, :8].tolist() == [783, 382, 768, 731, 73, 298, 366, 682]


def test_what_has_no_encoding_has_features_all_the_same() -> None:
    assert TemplateHasher(10).ids([["\ud800bad", "gout"]]).shape == (2, TemplateHasher.n_templates)


def test_a_table_has_a_bucket() -> None:
    with pytest.raises(ValueError, match="at least 1 bucket, not 0"):
        TemplateHasher(0)


def test_the_featurizer_makes_and_keeps_them(tmp_path) -> None:
    featurizer = WordFeaturizer(FeatureSettings(templates=512))
    assert featurizer.sizes["templates"] == 513
    featurizer.save(tmp_path)
    words = ["Gout", "hurts", "Really"]
    found = WordFeaturizer.load(tmp_path).features(words, [2, 1])["templates"]
    np.testing.assert_array_equal(found, TemplateHasher(512).ids([words[:2], words[2:]]))
