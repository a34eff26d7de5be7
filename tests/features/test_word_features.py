import json
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bioweave.errors import BundleError, ConfigurationError
from bioweave.features.characters import CharacterEncoder
from bioweave.features.dictionary import NameDictionary
from bioweave.features.pos import PosTagger
from bioweave.features.settings import FeatureSettings
from bioweave.features.vectors import VectorVocabulary
from bioweave.features.word_features import WordFeaturizer

FIRST = "Zinc binds IL - 2 .".split()
SECOND = "Breast cancer is common .".split()
EVERYTHING = FeatureSettings(
    characters=True, pos=True, vectors=True, dictionary=("Gene", "Disease")
)


@pytest.fixture(scope="module")
def featurizer() -> WordFeaturizer:
    return WordFeaturizer(
        EVERYTHING,
        characters=CharacterEncoder(n_characters=6),
        pos=PosTagger.load(),
        vocabulary=VectorVocabulary(("zinc", "cancer")),
        dictionary=NameDictionary({"Disease": ["breast cancer", ". Breast"], "Gene": ["IL-2"]}),
    )


def test_every_input_has_a_row_per_word(featurizer):
    features = featurizer.features(FIRST + SECOND, [6, 5])
    assert {name: (array.shape, str(array.dtype)) for name, array in features.items()} == {
        "characters": ((11, 6), "int64"),
        "pos": ((11,), "int64"),
        "vectors": ((11,), "int64"),
        "dictionary": ((11, 4), "float32"),
    }
    assert features["vectors"].tolist() == [1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0]
    assert features["dictionary"][:, 0].nonzero()[0].tolist() == [2]  # B-Gene
    assert features["dictionary"][:, 1].nonzero()[0].tolist() == [3, 4]  # I-Gene
    assert features["dictionary"][:, 2].nonzero()[0].tolist() == [6]  # B-Disease
    assert features["dictionary"][:, 3].nonzero()[0].tolist() == [7]  # I-Disease


def test_a_sentence_has_its_features_whatever_stands_beside_it(featurizer):
    together = featurizer.features(FIRST + SECOND, [6, 5])
    for name, array in together.items():
        np.testing.assert_array_equal(array[:6], featurizer.features(FIRST)[name])
        np.testing.assert_array_equal(array[6:], featurizer.features(SECOND)[name])


@settings(max_examples=30)
@given(st.lists(st.lists(st.text(st.characters(), min_size=1, max_size=8), max_size=5), max_size=4))
def test_any_words_stay_within_the_sizes(featurizer, sentences):
    words = [word for sentence in sentences for word in sentence]
    features = featurizer.features(words, [len(sentence) for sentence in sentences])
    assert all(len(array) == len(words) for array in features.values())
    assert features["dictionary"].shape[1] == featurizer.sizes["dictionary"]
    for name in ("characters", "pos"):
        assert features[name].min(initial=0) >= 0
        assert features[name].max(initial=0) < featurizer.sizes[name]


def test_only_what_is_switched_on_is_made(featurizer):
    few = WordFeaturizer(FeatureSettings(vectors=True), vocabulary=featurizer.vocabulary)
    assert list(few.features(FIRST)) == ["vectors"]
    assert few.sizes == {"characters": 0, "pos": 0, "dictionary": 0, "templates": 0}
    assert WordFeaturizer(FeatureSettings()).features(FIRST) == {}


def test_sentences_have_to_cover_the_words(featurizer):
    with pytest.raises(ValueError, match="5 words in all, but 6 words"):
        featurizer.features(FIRST, [2, 3])


def test_what_is_switched_on_has_to_be_given():
    with pytest.raises(ConfigurationError, match="characters, pos"):
        WordFeaturizer(FeatureSettings(characters=True, pos=True))
    with pytest.raises(ConfigurationError, match="no names for label 'Gene'"):
        WordFeaturizer(FeatureSettings(dictionary=("Gene",)), dictionary=NameDictionary({"X": []}))


def test_a_saved_featurizer_gives_the_same_features(featurizer, tmp_path):
    featurizer.save(tmp_path / "features")
    copies = (WordFeaturizer.load(tmp_path / "features"), pickle.loads(pickle.dumps(featurizer)))
    for copy in copies:
        assert copy.settings == EVERYTHING
        assert copy.sizes == featurizer.sizes
        features = copy.features(FIRST + SECOND, [6, 5])
        for name, array in featurizer.features(FIRST + SECOND, [6, 5]).items():
            np.testing.assert_array_equal(features[name], array)


def test_only_what_is_switched_on_is_saved(featurizer, tmp_path):
    few = WordFeaturizer(FeatureSettings(vectors=True), vocabulary=featurizer.vocabulary)
    few.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["features.json", "vectors.json"]
    assert WordFeaturizer.load(tmp_path).features(FIRST)["vectors"].tolist() == [1, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "description", [{}, {"settings": {"colours": True}}, {"settings": {"dictionary": 3}}, []]
)
def test_a_damaged_description_is_refused(tmp_path, description):
    (tmp_path / "features.json").write_text(json.dumps(description))
    with pytest.raises(BundleError, match=r"features\.json"):
        WordFeaturizer.load(tmp_path)


def test_a_missing_part_is_named(featurizer, tmp_path):
    featurizer.save(tmp_path)
    (tmp_path / "vectors.json").unlink()
    with pytest.raises(BundleError, match=r"vectors\.json"):
        WordFeaturizer.load(tmp_path)
