from __future__ import annotations

from pathlib import Path

from bioweave.linking import LearnedNames
from bioweave.linking.learned import names_of

from .conftest import mentioned


def test_a_mention_goes_by_its_long_form_first() -> None:
    assert names_of("VD", "Velmar Diseases") == ("velmar disease", "vd")
    assert names_of("gout", None) == ("gout",)
    assert names_of("gout", "Gout") == ("gout",)
    assert names_of("--", None) == ()


def test_names_are_counted_by_key_and_concept() -> None:
    learned = LearnedNames.from_documents(
        [
            mentioned("Velmar disease (VD) and VD.", ("Velmar disease", "X:1"), ("VD", "X:1")),
            mentioned("velmar diseases and knees", ("velmar diseases", "X:2"), ("knees", "")),
        ]
    )
    names = learned.labels["Disease"]
    assert names.counts("velmar disease") == {("X:1",): 2, ("X:2",): 1}
    assert names.counts("vd") == {("X:1",): 1}
    assert names.counts("knee") == {}
    assert names.concepts == {"X:1": 2, "X:2": 1}
    assert "knee" not in names.by_key


def test_composites_keep_their_concepts_together() -> None:
    learned = LearnedNames.from_documents([mentioned("left and right", ("left and right", "A B"))])
    assert learned.labels["Disease"].counts("left and right") == {("A", "B"): 1}
    assert learned.labels["Disease"].texts == {}


def test_the_commonest_spelling_names_a_concept() -> None:
    learned = LearnedNames.from_documents(
        [
            mentioned("gouty", ("gouty", "X:1")),
            mentioned("Gout", ("Gout", "X:1")),
            mentioned("Gout", ("Gout", "X:1")),
        ]
    )
    assert learned.labels["Disease"].texts == {"X:1": "Gout"}


def test_only_wanted_labels_are_learned() -> None:
    assert LearnedNames.from_documents([mentioned("gout", ("gout", "X:1"))], ["Gene"]).labels == {}


def test_it_comes_back_from_its_file(tmp_path: Path) -> None:
    learned = LearnedNames.from_documents(
        [mentioned("gout and left and right", ("gout", "X:1"), ("left and right", "A B"))]
    )
    learned.save(tmp_path / "names.json")
    assert LearnedNames.load(tmp_path / "names.json") == learned
