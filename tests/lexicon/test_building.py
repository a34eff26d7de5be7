from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from bioweave.errors import LexiconError
from bioweave.lexicon import Lexicon, Matcher, SourceSettings, build_lexicon

Build = Callable[..., Lexicon]

_ROWS = {
    "Disease": [
        ("D000001", "Gout", "pref"),
        ("D000001", "Podagra", "syn"),
        ("D000001", "Arthritis, Gouty", "perm"),
        ("D000002", "Carcinoma, Renal Cell", "pref"),
        ("D000002", "OMIM:144700", "alt"),
        ("D000003", "AS", "syn"),
    ],
    "Chemical": [("D000004", "anti-inflammatory agent", "pref"), ("D000005", "As", "syn")],
}


def test_concepts_by_number_and_by_id(build: Build) -> None:
    lexicon = build(_ROWS)
    assert lexicon.labels == ("Chemical", "Disease")
    assert lexicon.n_concepts == 5
    gout = lexicon.concept(0)
    assert (gout.id, gout.name, gout.label, gout.index) == ("MESH:D000001", "Gout", "Disease", 0)
    assert [(name.text, name.kind) for name in gout.names] == [
        ("Gout", "preferred"),
        ("Podagra", "synonym"),
        ("Arthritis, Gouty", "permuted"),
    ]
    assert lexicon.index_of("MESH:D000002") == lexicon.index_of("OMIM:144700") == 1
    assert lexicon.concept(1).alternative_ids == ("OMIM:144700",)
    assert lexicon.index_of("MESH:D9") is None
    assert [concept.index for concept in lexicon.concepts("Chemical")] == [3, 4]
    assert [concept.index for concept in lexicon.concepts()] == [0, 1, 2, 3, 4]
    assert list(lexicon.concepts("Gene")) == []
    assert lexicon.concept_id(3) == "MESH:D000004"
    assert lexicon.concept_name(3) == "anti-inflammatory agent"
    assert lexicon.concept_label(3) == "Chemical"


def test_lookup(build: Build) -> None:
    lexicon = build(_ROWS)
    assert [concept.id for concept in lexicon.lookup("PODAGRAS")] == ["MESH:D000001"]
    assert lexicon.lookup("renal-cell carcinomas")[0].id == "MESH:D000002"
    assert {concept.label for concept in lexicon.lookup("as")} == {"Chemical", "Disease"}
    assert [concept.label for concept in lexicon.lookup("as", "Chemical")] == ["Chemical"]
    assert lexicon.lookup("antiinflammatory agents") == ()
    squeezed = lexicon.lookup("antiinflammatory agents", is_squeezed=True)
    assert [concept.id for concept in squeezed] == ["MESH:D000004"]
    assert lexicon.lookup("nothing of the kind", is_squeezed=True) == ()
    assert lexicon.lookup("") == ()


def test_preferred_names_come_first(build: Build) -> None:
    rows = [("D1", "other", "pref"), ("D1", "cold", "syn"), ("D2", "Colds", "pref")]
    assert [concept.id for concept in build({"Disease": rows}).lookup("cold")] == ["D2", "D1"]


def test_arrays_agree_with_each_other(build: Build) -> None:
    lexicon = build(_ROWS)
    assert list(lexicon.keys) == sorted(set(lexicon.keys))
    for name, text in enumerate(lexicon.name_texts):
        key = int(lexicon.name_keys[name])
        assert name in lexicon.key_names(key).tolist()
        concept = lexicon.concept(int(lexicon.name_concepts[name]))
        kind = lexicon.kinds[lexicon.name_kinds[name]]
        assert (text, kind) in [(other.text, other.kind) for other in concept.names]
    assert sum(len(lexicon.key_names(key)) for key in range(lexicon.n_keys)) == lexicon.n_names
    assert (lexicon.name_concepts[1:] >= lexicon.name_concepts[:-1]).all()


def test_properties_and_sources_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "genes2016.tsv"
    path.write_text("7157\tTP53\tpref\n\tTP53\n7157\tTP53\tsyn\n", encoding="utf-8")
    settings = SourceSettings(
        path, label="Gene", prefix="NCBIGene", licence="free", properties={"taxon": "9606"}
    )
    lexicon = build_lexicon([settings], tmp_path / "genes.lexicon")
    assert lexicon.properties(0) == {"taxon": "9606"}
    (source,) = Lexicon.open(lexicon.path).sources
    assert (source.version, source.licence, source.n_names) == ("2016", "free", 1)
    assert source.warnings == {"duplicate name": 1, "empty id": 1}
    assert source.examples["duplicate name"] == ("line 3: NCBIGene:7157 TP53",)


def test_the_same_sources_give_the_same_bytes(build: Build) -> None:
    first = build(_ROWS).path.read_bytes()
    assert build(_ROWS).path.read_bytes() == first
    assert build({"Disease": _ROWS["Disease"]}).path.read_bytes() != first


def test_lexicons_and_matchers_cross_process_boundaries(build: Build) -> None:
    lexicon = build(_ROWS)
    assert pickle.loads(pickle.dumps(lexicon)).lookup("gout") == lexicon.lookup("gout")
    matcher = Matcher(lexicon, held_back=True)
    copy = pickle.loads(pickle.dumps(matcher))
    assert copy.find("gout, as AS") == matcher.find("gout, as AS")


def test_a_damaged_automaton_is_an_error(build: Build) -> None:
    path = build(_ROWS).path
    content = bytearray(path.read_bytes())
    table = Lexicon.open(path).sections
    place = content.index(bytes(table.raw("automaton")))
    content[place + 5] ^= 1
    path.write_bytes(content)
    with pytest.raises(LexiconError, match="'automaton' is damaged"):
        Matcher(Lexicon.open(path))
