import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.features.pos_features import FEATURES, feature_hashes, normalise

any_word = st.text(st.characters(), max_size=40)


def fnv(text: str, feature: str) -> int:
    """FNV-1a over code points, one at a time."""
    value = (2166136261 + 0x9E3779B9 * FEATURES.index(feature)) % 2**32
    for character in text:
        value = (value ^ ord(character)) * 16777619 % 2**32
    return value


def column(words: list[str], feature: str) -> list[int]:
    return feature_hashes(words)[:, FEATURES.index(feature)].tolist()


def test_hashes_are_fnv_of_the_features_spelled_out():
    word = "NFκB-Dependent1"
    expected = {
        "norm": "nfkappab-dependent0",
        "last part": "dependent0",
        "shape": "XXxX-Xxxd",
        "suffix 1": "0",
        "suffix 3": "0tn",
        "suffix 5": "0tned",
        "prefix 1": "n",
        "prefix 3": "nfk",
    }
    for feature, text in expected.items():
        assert column([word], feature) == [fnv(text, feature)], feature


def test_the_hashes_that_trained_taggers_rely_on_do_not_change():
    assert feature_hashes(["IL-2"])[0, :3].tolist() == [
        fnv("il-0", "norm"),
        fnv("0", "last part"),
        fnv("XX-d", "shape"),
    ]
    assert feature_hashes(["cell"])[0, 0] == 1759288501


@given(st.lists(any_word, max_size=8))
def test_a_word_has_its_hashes_whatever_stands_beside_it(words):
    together = feature_hashes(words)
    assert together.shape == (len(words), len(FEATURES))
    assert together.dtype == np.uint32
    for word, row in zip(words, together, strict=True):
        np.testing.assert_array_equal(feature_hashes([word])[0], row)


@pytest.mark.parametrize(
    ("left", "right"), [("TNF-α", "tnf–ALPHA"), ("1995", "2024"), ("“", "``"), ("µM", "μm")]
)
def test_spellings_that_are_one_norm(left, right):
    assert normalise(left) == normalise(right)


def test_a_prefix_and_a_suffix_of_the_same_letter_differ():
    assert column(["a"], "prefix 1") != column(["a"], "suffix 1")
