from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.document import WordSpan
from bioweave.errors import BundleError, ConfigurationError
from bioweave.features.dictionary import NameDictionary
from bioweave.features.lexicon_dictionary import (
    LEXICON_NAME,
    LexiconDictionary,
    read_dictionary,
)
from bioweave.features.settings import FeatureSettings
from bioweave.features.word_features import WordFeaturizer
from bioweave.lexicon import Lexicon, Matcher, SourceSettings, build_lexicon
from bioweave.text import split_words

DISEASES = "X:1\ttolic tumour\nX:2\tWilmar's disease\nX:3\ttype II marlitis\nX:4\tcold\n"
CHEMICALS = "Y:1\t2,3-dolumide\nY:2\t5'-deoxyvelmarin\nY:3\tbrine/ash\n"
GENES = "Z:1\tIL-2\nZ:2\tSET\n"


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    folder = tmp_path_factory.mktemp("lexicon")
    sources = []
    for label, rows in (("Disease", DISEASES), ("Chemical", CHEMICALS), ("Gene", GENES)):
        (folder / f"{label}.tsv").write_text(rows)
        sources.append(SourceSettings(folder / f"{label}.tsv", label=label))
    return build_lexicon(sources, folder / "all.lexicon")


@pytest.fixture(scope="module")
def dictionary(lexicon: Lexicon) -> LexiconDictionary:
    return LexiconDictionary(lexicon)


def words_of(text: str) -> list[str]:
    return [text[start:end] for start, end in split_words(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tolic tumors and IL2 fell.", [("Disease", "Tolic tumors"), ("Gene", "IL2")]),
        ("The IL-2 set, WILMAR'S diseases.", [("Gene", "IL-2"), ("Disease", "WILMAR'S diseases")]),
        ("Type 2 marlitis, a cold.", [("Disease", "Type 2 marlitis")]),
        (
            "With 2,3-dolumide; brine/ash.",
            [("Chemical", "2,3-dolumide"), ("Chemical", "brine/ash")],
        ),
        ("A 5'-deoxyvelmarin or 5′-deoxyvelmarin", [("Chemical", "5'-deoxyvelmarin")] * 2),
        ("In tolic, tumour cells.", []),
    ],
)
def test_names_are_found_in_words_as_in_text(
    dictionary: LexiconDictionary, text: str, expected: list[tuple[str, str]]
) -> None:
    words = split_words(text)
    found = dictionary.find(words_of(text))
    spelled = [
        (one.label, text[words[one.word_start].start : words[one.word_end - 1].end])
        for one in found
    ]
    assert [(label, name.replace("′", "'")) for label, name in spelled] == expected


@given(st.lists(st.text(min_size=1, max_size=6) | st.sampled_from(words_of(DISEASES)), max_size=20))
def test_any_words_give_spans_within_them(dictionary: LexiconDictionary, words: list[str]) -> None:
    ends: dict[str, int] = {}
    for start, end, label in sorted(dictionary.find(words)):
        assert ends.get(label, 0) <= start < end <= len(words)
        ends[label] = end


def test_a_bundle_holds_what_its_labels_need(lexicon: Lexicon, tmp_path: Path) -> None:
    words = words_of("IL-2 in tolic tumours after 2,3-dolumide, a cold.")
    chosen = LexiconDictionary(lexicon, ["Gene", "Disease"])
    chosen.save(tmp_path / "some")
    again = read_dictionary(tmp_path / "some")
    assert again.labels == ("Disease", "Gene")
    assert again.find(words) == chosen.find(words) != []
    again.save(tmp_path / "copy")
    one, other = (tmp_path / name / LEXICON_NAME for name in ("some", "copy"))
    assert one.read_bytes() == other.read_bytes()
    assert one.stat().st_size < lexicon.path.stat().st_size
    assert Lexicon.open(one).index_of("Y:1") is None
    assert pickle.loads(pickle.dumps(again)).find(words) == chosen.find(words)


def test_featurizers_know_either_dictionary_again(lexicon: Lexicon, tmp_path: Path) -> None:
    words = words_of("Tolic tumours, IL-2.")
    settings = FeatureSettings(dictionary=("Gene", "Disease"))
    for name, one in (
        ("names", NameDictionary({"Gene": ["IL-2"], "Disease": ["tolic tumours"]})),
        ("lexicon", LexiconDictionary(lexicon, ["Disease", "Gene"])),
    ):
        featurizer = WordFeaturizer(settings, dictionary=one)
        featurizer.save(tmp_path / name)
        loaded = WordFeaturizer.load(tmp_path / name)
        assert type(loaded.dictionary) is type(one)
        hits = featurizer.features(words)["dictionary"]
        assert hits[:, 0].nonzero()[0].tolist() == [3]  # B-Gene
        assert hits[:, 2].nonzero()[0].tolist() == [0]  # B-Disease
        np.testing.assert_array_equal(loaded.features(words)["dictionary"], hits)


def test_what_is_wrong_is_named(lexicon: Lexicon, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no names of 'Species'; its labels are Chemical"):
        LexiconDictionary(lexicon, ["Species"])
    (tmp_path / LEXICON_NAME).write_bytes(b"bioweave")
    with pytest.raises(BundleError, match=r"dictionary.lexicon: not a compiled lexicon"):
        read_dictionary(tmp_path)


def test_held_back_names_stay_so(lexicon: Lexicon, dictionary: LexiconDictionary) -> None:
    assert dictionary.find(["a", "cold", "set"]) == []
    assert dictionary.find(["SET"]) == [WordSpan(0, 1, "Gene")]
    assert Matcher(lexicon, held_back=True).find("a cold") != []
