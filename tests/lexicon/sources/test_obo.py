from __future__ import annotations

import builtins
import subprocess
import sys
from pathlib import Path

import pytest

from bioweave.errors import FormatError, MissingExtraError
from bioweave.lexicon.sources import SourceEntry, SourceFile, SourceSettings, read_entries

_ONTOLOGY = """format-version: 1.2
data-version: releases/2024-01-31
ontology: some

[Term]
id: DOID:1
name: asthma
namespace: disease_ontology
alt_id: DOID:7
synonym: "bronchial asthma" EXACT []
synonym: "wheezing \\"disease\\"" RELATED [MESH:D1]
xref: MESH:D001249 {source="x"}
is_a: DOID:2 ! lung disease

[Term]
id: DOID:2
name: lung disease

[Term]
id: DOID:3
name: obsolete thing
is_obsolete: true

[Typedef]
id: part_of
name: part of
"""


def _read(path: Path, text: str) -> tuple[list[SourceEntry], SourceFile]:
    path.write_text(text, encoding="utf-8", newline="\n")
    file = SourceFile(path)
    return list(read_entries(file, SourceSettings(path))), file


def test_terms(tmp_path: Path) -> None:
    entries, file = _read(tmp_path / "some.obo", _ONTOLOGY)
    assert file.version == "releases/2024-01-31"
    assert [entry.id for entry in entries] == ["DOID:1", "DOID:2"]
    assert [(name.text, name.kind) for name in entries[0].names] == [
        ("asthma", "preferred"),
        ("bronchial asthma", "synonym"),
        ('wheezing "disease"', "related"),
    ]
    assert entries[0].alternative_ids == ("DOID:7",)
    assert entries[0].codes == ("disease_ontology",)
    assert entries[0].properties == {"xrefs": "MESH:D001249"}
    assert not file.warnings


def test_a_cycle_is_counted(tmp_path: Path) -> None:
    cyclic = _ONTOLOGY.replace("name: lung disease", "name: lung disease\nis_a: DOID:1")
    entries, file = _read(tmp_path / "some.obo", cyclic)
    assert len(entries) == 2
    assert file.warnings == {"cycle of is_a": 1}
    assert file.examples["cycle of is_a"] == ["DOID:1, DOID:2"]


def test_terms_and_synonyms_that_cannot_be_used_are_counted(tmp_path: Path) -> None:
    text = "[Term]\nid: X:1\nname: a\nis_a: X:9\nsynonym: bare EXACT []\n"
    entries, file = _read(tmp_path / "some.obo", text)
    assert [entry.id for entry in entries] == ["X:1"]
    assert file.warnings == {
        "synonym without quotes left out": 1,
        "term without a name left out": 1,
    }


def test_an_id_of_two_terms_is_counted_with_its_line(tmp_path: Path) -> None:
    again = "\n[Term]\nid: DOID:1\nname: asthma again\n"
    obsolete = "\n[Term]\nis_obsolete: true\nid: DOID:2\n\n[Typedef]\nid: DOID:2\nname: is_a\n"
    entries, file = _read(tmp_path / "some.obo", _ONTOLOGY + again + obsolete)
    assert [entry.id for entry in entries] == ["DOID:1", "DOID:2"]
    assert [name.text for name in entries[0].names][:2] == ["asthma again", "bronchial asthma"]
    kind = "id of an earlier term: the later one decides"
    assert file.warnings == {kind: 1}
    line = _ONTOLOGY.count("\n") + 3
    assert file.examples[kind] == [f"line {line}: DOID:1"]


def test_obonet_says_nothing_on_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "bare.obo"
    path.write_text("[Term]\nid: X:1\nname: velmaria\n", encoding="utf-8")
    reading = (
        "import logging, sys; from pathlib import Path\n"
        "from bioweave.lexicon.sources import SourceFile, SourceSettings, read_entries\n"
        "path = Path(sys.argv[1])\n"
        "print(len(list(read_entries(SourceFile(path), SourceSettings(path)))))\n"
        "print(logging.getLogger().handlers)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", reading, str(path)], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("1\n[]\n", "")


@pytest.mark.parametrize(
    "text",
    ["[Term]\nid: X:1\nname: a\nrelationship: part_of\n", "[Term]\nname: a\n", "[Term]\nid X\n"],
)
def test_damage_is_an_error_with_a_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(FormatError, match=r"some\.obo, line \d: no OBO, or damaged"):
        _read(tmp_path / "some.obo", text)


def test_a_file_without_terms_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"no \[Term\] in the file"):
        _read(tmp_path / "some.obo", "format-version: 1.2\nontology: x\n")


def test_without_obonet_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def without(name: str, *arguments: object, **keywords: object) -> object:
        if name == "obonet":
            raise ModuleNotFoundError(name="obonet")
        return imported(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=r"bioweave\[obo\]"):
        _read(tmp_path / "some.obo", _ONTOLOGY)
