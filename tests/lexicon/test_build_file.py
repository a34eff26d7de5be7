from __future__ import annotations

import re
from pathlib import Path

import pytest

from bioweave.errors import ConfigurationError
from bioweave.lexicon import build_file
from bioweave.lexicon.build_file import read_build_file
from bioweave.lexicon.profiles import MESH_LABELS, PROFILES
from bioweave.lexicon.sources import FORMATS

_PLAN = """
[[source]]
path = "mesh2024.tsv"
profile = "mesh"
version = "2024"
codes = "trees.tsv"

[[source]]
path = "genes.tsv"
name = "Genes"
prefix = { NCBIGene = '\\d+' }
label = "Gene"
taxa = [9606]
properties = { taxon = "9606" }

[[source]]
profile = "mesh"
path = "more.tsv"
label = "Chemical"

[hold_back]
words = ["blot"]
keep = ["cold"]
learn = ["ncbi-disease"]
"""


@pytest.fixture(autouse=True)
def _without_a_folder_of_terminologies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BIOWEAVE_TERMINOLOGIES", raising=False)


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_plan(tmp_path: Path) -> None:
    for name in ("mesh2024.tsv", "trees.tsv", "genes.tsv", "more.tsv"):
        _write(tmp_path / name, "X:1\tVelmar Syndrome\n")
    plan = read_build_file(_write(tmp_path / "plan.toml", _PLAN))
    mesh, genes, more = plan.sources
    assert mesh.path == tmp_path / "mesh2024.tsv"
    assert mesh.codes == tmp_path / "trees.tsv"
    assert (mesh.name, mesh.version, mesh.prefix) == ("MeSH", "2024", "MESH")
    assert mesh.labels == MESH_LABELS
    assert (genes.label, genes.taxa, genes.prefix) == ("Gene", ("9606",), {"NCBIGene": r"\d+"})
    assert genes.properties == {"taxon": "9606"}
    assert (more.label, more.labels) == ("Chemical", {})
    assert plan.holding_back.words == ("blot",)
    assert plan.holding_back.keep == ("cold",)
    assert plan.learn == ("ncbi-disease",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\n[[source]\n", r"plan\.toml: no TOML: .*line 2"),
        ("", r"plan\.toml: no \[\[source\]\]"),
        (
            '[[source]]\nprofile = "do"\n\n[[source]]\npath = "x"\nlable = "Gene"\n',
            r"plan\.toml, line 6: \[\[source\]\] 2: unknown key 'lable'",
        ),
        (
            '[[source]]\npath = "x"\nencoding = 3\n',
            r"plan\.toml, line 3: \[\[source\]\] 1: encoding: Input should be",
        ),
        (
            '[[source]]\npath = "x"\nprofile = "mash"\n',
            r"plan\.toml, line 1: \[\[source\]\] 1: unknown profile 'mash'",
        ),
        ('[[source]]\npath = "x"\nformat = "xls"\n', "line 1: .* unknown format 'xls'"),
        ('\n[[source]]\nprofile = "umls"\n', "line 2: .*'umls' has neither a path nor a known"),
        (
            '[[source]]\nurl = "https://x.org/a"\nsha256 = "12"\n',
            r"line 3: \[\[source\]\] 1: sha256: String should match",
        ),
        (
            '[[source]]\nlabel = "Gene"\npath = "x"\n',
            r"plan\.toml, line 3: \[\[source\]\] 1: there is no file '.*x'",
        ),
        ('source = [{ lable = "x" }]\n', r"plan\.toml: \[\[source\]\] 1: unknown key 'lable'"),
        ("[hold_back]\nwords = 3\n", r"plan\.toml: hold_back\.words: Input should be"),
        ("colour = 3\n", r"plan\.toml: unknown key 'colour'"),
    ],
)
def test_mistakes_are_errors(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        read_build_file(_write(tmp_path / "plan.toml", text))


def test_files_may_lie_in_the_folder_of_terminologies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside, far = tmp_path / "plans", tmp_path / "terminologies"
    beside.mkdir()
    far.mkdir()
    for folder, name in ((far, "a.tsv"), (far, "codes.tsv"), (far, "b.tsv"), (beside, "b.tsv")):
        _write(folder / name, "X:1\tVelmar Syndrome\tpref\n")
    text = '[[source]]\npath = "a.tsv"\nlabel = "Disease"\ncodes = "codes.tsv"\n'
    text += '[[source]]\npath = "b.tsv"\nlabel = "Disease"\n'
    plan = _write(beside / "plan.toml", text)
    monkeypatch.setenv("BIOWEAVE_TERMINOLOGIES", str(far))
    first, second = read_build_file(plan).sources
    assert (first.path, first.codes) == (far / "a.tsv", far / "codes.tsv")
    assert second.path == beside / "b.tsv"
    monkeypatch.delenv("BIOWEAVE_TERMINOLOGIES")
    with pytest.raises(ConfigurationError, match=re.escape(str(beside / "a.tsv"))):
        read_build_file(plan)


def test_known_sources_are_fetched_from_their_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []

    def fetched(address: str, folder: Path, **options: object) -> Path:
        asked.append((address, folder, options["md5"], options["member"], options["sha256"]))
        return folder / "names.dmp"

    monkeypatch.setattr(build_file, "fetch", fetched)
    monkeypatch.setenv("BIOWEAVE_HOME", str(tmp_path))
    text = (
        '[[source]]\nprofile = "ncbi-taxonomy"\n[[source]]\nprofile = "do"\nurl = "https://x.y/z"\n'
    )
    text += f'sha256 = "{"a" * 64}"\n'
    taxa, other = read_build_file(_write(tmp_path / "plan.toml", text)).sources
    profile = PROFILES["ncbi-taxonomy"]
    folder = tmp_path / "terminologies"
    assert asked == [
        (profile.address, folder, profile.md5, "names.dmp", None),
        ("https://x.y/z", folder, None, None, "a" * 64),
    ]
    assert taxa.path == folder / "names.dmp"
    assert (taxa.label, other.label) == ("Species", "Disease")


def test_profiles_make_sense() -> None:
    for name, profile in PROFILES.items():
        assert profile.title, name
        assert profile.licence, name
        assert profile.format is None or profile.format in FORMATS
        assert profile.address is None or profile.address.startswith("https://")
        assert (profile.md5 is None) or profile.member is not None
