from __future__ import annotations

from pathlib import Path

import pytest

from bioweave.document import Document
from bioweave.errors import ConfigurationError
from bioweave.lexicon import AnnotatedDocuments, HoldingBack, Matcher
from bioweave.lexicon.lexicon import Lexicon
from bioweave.lexicon.selecting import select_labels

from .conftest import Build

ROWS = {
    "Disease": [
        ("X:1", "Fever, Tolic", "pref"),
        ("X:1", "velmar"),
        ("X:2", "onset"),
        ("X:3", "cold"),
    ],
    "Gene": [("Z:1", "velmar"), ("Z:2", "TOLC")],
}
TEXT = "Tolic fever (velmar) with an onset, a cold and TOLC."


def found(lexicon: Lexicon) -> list[tuple[str, str]]:
    return [
        (TEXT[one.start : one.end], one.label)
        for one in Matcher(lexicon).find(TEXT)
        if one.label == "Disease"
    ]


def test_a_label_is_found_as_before(build: Build, tmp_path: Path) -> None:
    whole = build(ROWS, holding_back=HoldingBack(words=("onset",), keep=("cold",)))
    select_labels(whole, ["Disease"], tmp_path / "some.lexicon")
    some = Lexicon.open(tmp_path / "some.lexicon")
    assert some.labels == ("Disease",)
    assert found(some) == found(whole)
    assert found(some) == [(name, "Disease") for name in ("Tolic fever", "velmar", "cold")]
    for id_ in ("X:1", "X:2", "X:3"):
        index, before = some.index_of(id_), whole.index_of(id_)
        assert index is not None and before is not None
        assert some.concept(index).names == whole.concept(before).names
    assert some.index_of("Z:1") is None
    assert some.sources == whole.sources
    assert not any(name.startswith("like.") for name in some.sections.names)


def test_what_was_learned_stays(build: Build, tmp_path: Path) -> None:
    documents = [Document(str(number), "A velmar came.") for number in range(4)]
    whole = build(ROWS, learn_from=[AnnotatedDocuments(tuple(documents), ("Disease",))])
    assert [one.key for one in whole.learned] == ["velmar"]
    select_labels(whole, ["Disease"], tmp_path / "some.lexicon")
    some = Lexicon.open(tmp_path / "some.lexicon")
    assert some.learned == whole.learned
    assert found(some) == found(whole)
    select_labels(whole, ["Gene"], tmp_path / "others.lexicon")
    assert Lexicon.open(tmp_path / "others.lexicon").learned == ()


def test_all_labels_are_the_same_without_n_grams(build: Build, tmp_path: Path) -> None:
    whole = build(ROWS)
    for name, of in (("a", whole), ("b", None)):
        source = of or Lexicon.open(tmp_path / "a.lexicon")
        select_labels(source, ["Gene", "Disease"], tmp_path / f"{name}.lexicon")
    first, second = tmp_path / "a.lexicon", tmp_path / "b.lexicon"
    assert first.read_bytes() == second.read_bytes()
    assert first.stat().st_size < whole.sections.size
    lexicon = Lexicon.open(first)
    lexicon.sections.verify()
    assert found(lexicon) == found(whole)
    assert list(lexicon.concepts()) == list(whole.concepts())


def test_unknown_labels_are_named(build: Build, tmp_path: Path) -> None:
    for labels, message in ((["Species"], "no names of Species"), ([], "no label at all")):
        with pytest.raises(ConfigurationError, match=message):
            select_labels(build(ROWS), labels, tmp_path / "none.lexicon")
