from __future__ import annotations

from pathlib import Path

import pytest

from bioweave.errors import ConfigurationError, FormatError
from bioweave.lexicon.gathering import gather
from bioweave.lexicon.profiles import MESH_LABELS
from bioweave.lexicon.sources import SourceSettings


def _table(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(row.replace("|", "\t") for row in rows) + "\n", encoding="utf-8")
    return path


def test_sources_add_up_and_the_first_decides(tmp_path: Path) -> None:
    first = _table(tmp_path / "one2019.tsv", "D1|ASA|syn", "D1|Aspirin|pref")
    second = _table(tmp_path / "two.tsv", "D1|Acetylsalicylate|pref", "D1|ASA|syn", "D2|Gout|pref")
    gathered = gather(
        [
            SourceSettings(first, label="Chemical", licence="free", properties={"from": "one"}),
            SourceSettings(second, label="Disease", name="Two", version="7"),
        ]
    )
    aspirin, gout = gathered.concepts
    assert (aspirin.id, aspirin.label, aspirin.preferred) == ("D1", "Chemical", "Aspirin")
    assert aspirin.names == {
        "ASA": ("synonym", 0),
        "Aspirin": ("preferred", 0),
        "Acetylsalicylate": ("synonym", 1),
    }
    assert aspirin.properties == {"from": "one"}
    assert (gout.label, gout.source) == ("Disease", 1)
    one, two = gathered.sources
    assert (one.name, one.version, one.licence) == ("one2019.tsv", "2019", "free")
    assert (two.name, two.version, two.n_concepts, two.n_names) == ("Two", "7", 1, 2)
    assert len(one.sha256) == 64


def test_labels_by_branch(tmp_path: Path) -> None:
    names = _table(tmp_path / "mesh.tsv", "D1|Gout|pref", "D2|Aspirin|pref", "D3|Love|pref")
    codes = _table(tmp_path / "trees.tsv", "D1|C05.550", "D2|D02.455", "D3|F01.470")
    gathered = gather([SourceSettings(names, labels=MESH_LABELS, codes=codes, prefix="MESH")])
    assert [(concept.id, concept.label) for concept in gathered.concepts] == [
        ("MESH:D1", "Disease"),
        ("MESH:D2", "Chemical"),
    ]
    assert gathered.concepts[0].properties == {"codes": "C05.550"}
    assert gathered.sources[0].warnings == {"left out: its branch has no label": 1}
    assert gathered.sources[0].examples["left out: its branch has no label"] == ("line 3: MESH:D3",)


def test_bad_names_are_counted_with_their_places(tmp_path: Path) -> None:
    path = _table(
        tmp_path / "t.tsv",
        "D1|Gout|pref",
        "D1||syn",
        "D1|Gout|syn",
        "D1|--|syn",
        f"D1|{'x' * 1_000_000}|syn",
        "|Nobody|syn",
        "D2|Podagra|syn",
        "D3||pref",
    )
    gathered = gather([SourceSettings(path, label="Disease")])
    assert [concept.id for concept in gathered.concepts] == ["D1", "D2"]
    assert list(gathered.concepts[0].names) == ["Gout"]
    (source,) = gathered.sources
    assert source.warnings == {
        "concept without a preferred name: its first is taken": 1,
        "duplicate name": 1,
        "empty id": 1,
        "empty name": 2,
        "name of more than 1000 characters left out": 1,
        "name without letter or digit left out": 1,
    }
    assert source.examples["duplicate name"] == ("line 3: D1 Gout",)
    assert source.examples["empty id"] == ("line 6",)


def test_other_ids_find_their_concepts_wherever_they_stand(tmp_path: Path) -> None:
    pairs = _table(tmp_path / "alt.tsv", "OMIM:7|D000001", "OMIM:8|D000009")
    names = _table(tmp_path / "t.tsv", "D000001|Gout|pref", "D000001|mim:9|alt")
    gathered = gather(
        [SourceSettings(pairs, format="id-pairs"), SourceSettings(names, label="Disease")]
    )
    (concept,) = gathered.concepts
    assert list(concept.alternative_ids) == ["OMIM:7", "OMIM:9"]
    assert gathered.sources[0].warnings == {"alternative id of a concept that is not there": 1}


def test_a_source_without_labels_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    path = _table(tmp_path / "t.tsv", "D1|Gout|pref")
    with pytest.raises(ConfigurationError, match=r"t\.tsv: left out: no label is given.*--label"):
        gather([SourceSettings(path)])


def test_damage_names_the_file_and_the_line(tmp_path: Path) -> None:
    path = _table(tmp_path / "t.tsv", "D1|Gout|pref", "D2")
    with pytest.raises(FormatError, match=r"t\.tsv, line 2"):
        gather([SourceSettings(path, label="Disease")])
