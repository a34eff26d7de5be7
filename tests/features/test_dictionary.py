import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.document import TagSet, WordSpan
from bioweave.errors import BundleError
from bioweave.features.dictionary import NameDictionary, hit_features

letters = st.sampled_from(["a", "b", "c", "-"])
sentences = st.lists(letters, max_size=12)
names = st.lists(st.lists(letters, min_size=1, max_size=4).map(" ".join), max_size=6)


def by_hand(words: list[str], names: list[str]) -> list[tuple[int, int]]:
    """From left to right, of all names that fit the longest."""
    found, start = [], 0
    split = [name.split() for name in names]
    while start < len(words):
        fits = [len(n) for n in split if words[start : start + len(n)] == n]
        if fits:
            found.append((start, start + max(fits)))
        start += max(fits, default=1)
    return found


@given(words=sentences, names=names)
def test_equals_trying_every_name_everywhere(words, names):
    found = NameDictionary({"Gene": names}).find(words)
    assert [(span.word_start, span.word_end) for span in found] == by_hand(words, names)


def test_names_are_compared_by_word_and_without_case():
    dictionary = NameDictionary({"Gene": ["IL-2", "NF-κB"], "Disease": ["Wilson's disease", ""]})
    words = ["The", "il", "-", "2", "in", "WILSON", "'", "s", "disease", ",", "nf", "-", "ΚB"]
    assert dictionary.find(words) == [
        WordSpan(1, 4, "Gene"),
        WordSpan(10, 13, "Gene"),
        WordSpan(5, 9, "Disease"),
    ]
    assert dictionary.find(["IL", "2"]) == []


def test_labels_are_found_independently_of_each_other():
    dictionary = NameDictionary({"A": ["x y"], "B": ["y z", "y"]})
    assert dictionary.find(["x", "y", "z"]) == [WordSpan(0, 2, "A"), WordSpan(1, 3, "B")]


@given(words=sentences, names=names)
def test_hits_spell_the_spans_in_bio(words, names):
    spans = NameDictionary({"Gene": names}).find(words)
    hits = hit_features(spans, ["Disease", "Gene"], len(words))
    assert hits.shape == (len(words), 4)
    assert hits.dtype == "float32"
    assert not hits[:, :2].any()
    tags = (hits[:, 2] + 2 * hits[:, 3]).astype(int).tolist()
    assert TagSet(("Gene",)).decode(tags) == spans


def test_labels_that_are_not_asked_for_give_no_hits():
    assert not hit_features([WordSpan(0, 2, "Gene")], ["Disease"], 2).any()


def test_a_saved_dictionary_is_the_same(tmp_path):
    dictionary = NameDictionary({"Gene": ["IL-2"], "Disease": ["α-thalassaemia"]})
    dictionary.save(tmp_path / "features")
    copy = NameDictionary.read(tmp_path / "features")
    assert copy.labels == ("Gene", "Disease")
    assert copy.find(["α", "-", "thalassaemia"]) == [WordSpan(0, 3, "Disease")]


@pytest.mark.parametrize("content", ["", "[]", '{"Gene": "IL-2"}'])
def test_a_damaged_dictionary_is_refused(tmp_path, content):
    (tmp_path / "dictionary.json").write_text(content)
    with pytest.raises(BundleError, match=r"dictionary\.json"):
        NameDictionary.read(tmp_path)
