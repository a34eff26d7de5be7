from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bioweave.errors import BundleError
from bioweave.lexicon import Lexicon
from bioweave.linking import LearnedNames, Linker
from bioweave.linking.evidence import FEATURES
from bioweave.linking.learned import LabelNames
from bioweave.linking.linker import gather_evidence
from bioweave.linking.meanings import WordMeanings
from bioweave.linking.thesaurus import LexiconNames, Thesaurus

from .conftest import believing

WORDS = ("fevers", "tolic", "ague", "the", "orbane")
VECTORS = np.array([[3, 0, 0], [0, 1, 0], [2.9, 0.1, 0], [1, 1, 1], [0, 0, 5]], np.float32)


def weight(word: str) -> float:
    return {"tolic": 3.0}.get(word, 1.0)


@pytest.fixture
def meanings() -> WordMeanings:
    return WordMeanings.of_vectors(WORDS, VECTORS, ["fever", "tolic", "ague", "orbane", "unheard"])


def test_words_are_those_of_normalised_names(meanings: WordMeanings) -> None:
    assert len(meanings) == 4  # neither "the", which is not wanted, nor a word without a vector
    assert meanings.of("fever", weight).tolist() == pytest.approx([1, 0, 0], abs=0.01)


def test_a_name_is_the_weighted_mean_of_its_words(meanings: WordMeanings) -> None:
    found = meanings.of("tolic fever of old", weight)
    assert found.tolist() == pytest.approx([10**-0.5, 3 * 10**-0.5, 0], abs=0.01)
    assert np.linalg.norm(found) == pytest.approx(1)
    assert meanings.of("of old", weight).tolist() == [0, 0, 0]
    assert meanings.of("", weight).tolist() == [0, 0, 0]


def test_candidates_are_compared_in_meaning(lexicon: Lexicon, meanings: WordMeanings) -> None:
    thesaurus = Thesaurus("Disease", LabelNames(), LexiconNames(lexicon, "Disease"), meanings)
    evidence = gather_evidence("tolic ague", None, thesaurus)
    told = {
        ids[0]: dict(zip(FEATURES, row.tolist(), strict=True))
        for ids, row in zip(evidence.candidates, evidence.rows, strict=True)
    }
    assert told["X:2"]["meaning"] == pytest.approx(1, abs=0.03)
    nearest = [id_ for id_, row in told.items() if row["nearest in meaning"]]
    assert "X:2" in nearest
    assert all(told[id_]["meaning"] == told["X:2"]["meaning"] for id_ in nearest)


def test_without_meanings_nothing_is_said_of_them(lexicon: Lexicon) -> None:
    thesaurus = Thesaurus("Disease", LabelNames(), LexiconNames(lexicon, "Disease"))
    assert thesaurus.likeness_in_meaning("tolic fever", "tolic fever") == 0


def test_they_are_kept_with_the_linker(
    lexicon: Lexicon, meanings: WordMeanings, tmp_path: Path
) -> None:
    linker = Linker(LearnedNames({}), {"Disease": believing()}, lexicon, meanings)
    linker.save(tmp_path)
    again = Linker.load(tmp_path, lexicon)
    assert again.meanings is not None
    for name in ("tolic ague", "orbane", "nothing"):
        assert (again.meanings.of(name, weight) == meanings.of(name, weight)).all()
    assert again.link("tolic ague", "Disease") == linker.link("tolic ague", "Disease")


def test_damage_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "words.npz"
    path.write_bytes(b"PK not a zip")
    with pytest.raises(BundleError, match=r"words\.npz: no vectors"):
        WordMeanings.load(path)
