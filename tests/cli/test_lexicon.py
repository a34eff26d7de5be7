from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bioweave.cli.lexicon import app
from bioweave.errors import ConfigurationError, LexiconError

_NAMES = (
    "id\tterm\tkind\nD000001\tGout\tpref\nD000001\tPodagra\tsyn\nD000001\tGout\tsyn\n"
    "D000002\tAspirin\tpref\nD000003\tLove\tpref\n"
)
_TREES = "D000001\tC05.550\nD000002\tD02.455\nD000003\tF01.470\n"


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def _run(*arguments: object, status: int = 0, input: str | None = None) -> str:
    result = CliRunner().invoke(app, [*map(str, arguments)], input=input, catch_exceptions=False)
    assert result.exit_code == status, result.output
    return result.stdout


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    """A lexicon of two labels, built from a table and its tree numbers."""
    (tmp_path / "mesh2024.tsv").write_text(_NAMES, encoding="utf-8")
    (tmp_path / "trees.tsv").write_text(_TREES, encoding="utf-8")
    out = tmp_path / "mesh.lexicon"
    source = f"mesh={tmp_path / 'mesh2024.tsv'}"
    _run("build", source, "--codes", tmp_path / "trees.tsv", "-o", out)
    return out


def test_build_and_info_tell_the_same(mesh: Path) -> None:
    told = json.loads(_run("info", mesh, "--json"))
    assert told["labels"] == {"Chemical": 1, "Disease": 1}
    assert (told["concepts"], told["names"], told["keys"]) == (2, 3, 3)
    (source,) = told["sources"]
    assert (source["name"], source["version"]) == ("MeSH", "2024")
    assert "National Library of Medicine" in source["licence"]
    assert source["warnings"] == {"duplicate name": 1, "left out: its branch has no label": 1}
    table = _run("info", mesh)
    assert "line 4: MESH:D000001 Gout" in table
    assert "2024" in table


def test_labels_prefixes_and_holding_back_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text("1\tGout\n2\tblot\n3\tcell\n", encoding="utf-8")
    out = tmp_path / "t.lexicon"
    options = ["--label", "Disease", "--prefix", "X", "--hold-back", "blots", "--keep", "cell"]
    _run("build", tmp_path / "t.tsv", "-o", out, *options)
    found = json.loads(_run("match", out, input="Gouts, blots and cells"))
    assert [(mention["text"], mention["concepts"]) for mention in found["mentions"]] == [
        ("Gouts", [{"id": "X:1", "name": "Gout"}]),
        ("cells", [{"id": "X:3", "name": "cell"}]),
    ]
    every = json.loads(_run("match", out, "--held-back", input="Gouts, blots and cells"))
    assert [mention["text"] for mention in every["mentions"]] == ["Gouts", "blots", "cells"]
    _run("build", f"mesh:Gene={tmp_path / 't.tsv'}", "-o", out)
    assert json.loads(_run("info", out, "--json"))["labels"] == {"Gene": 3}


def test_a_build_file_and_a_corpus_to_learn_from(
    tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpora = tmp_path / "corpora"
    shutil.copytree(
        repository / "tests" / "data" / "corpora" / "ncbi-disease", corpora / "ncbi-disease"
    )
    train = next((corpora / "ncbi-disease").glob("*train*"))
    with train.open("a", encoding="utf-8") as file:
        file.write("\n91000099|t|Onset\n91000099|a|Early onset, late onset, no onset.\n")
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(corpora))
    (tmp_path / "t.tsv").write_text("1\tonset\n2\tKester disease\n", encoding="utf-8")
    plan = tmp_path / "plan.toml"
    plan.write_text(
        '[[source]]\npath = "t.tsv"\nlabel = "Disease"\n[hold_back]\nlearn = ["ncbi-disease"]\n',
        encoding="utf-8",
    )
    out = tmp_path / "t.lexicon"
    told = json.loads(_run("build", plan, "-o", out, "--json"))
    assert told["learned"] == [{"key": "onset", "label": "Disease", "n_found": 4, "n_annotated": 0}]
    assert "mostly not annotated" in _run("info", out)
    found = json.loads(_run("match", out, input="Onset of Kester disease"))
    assert [mention["text"] for mention in found["mentions"]] == ["Kester disease"]


def test_match_writes_documents(mesh: Path, tmp_path: Path) -> None:
    text = tmp_path / "in.txt"
    text.write_text("Aspirin in gout.", encoding="utf-8")
    out = tmp_path / "out.jsonl"
    report = json.loads(_run("match", mesh, text, "-o", out, "--json"))
    assert report["labels"] == {"Chemical": 1, "Disease": 1}
    (line,) = out.read_text(encoding="utf-8").splitlines()
    assert [
        (mention["start"], mention["end"], mention["label"], mention["concepts"][0]["id"])
        for mention in json.loads(line)["mentions"]
    ] == [(0, 7, "Chemical", "MESH:D000002"), (11, 15, "Disease", "MESH:D000001")]
    only = json.loads(_run("match", mesh, text, "--labels", "Disease"))
    assert [mention["text"] for mention in only["mentions"]] == ["gout"]


def test_overlapping_names(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text("1\tlung cancer\n2\tcancer\n", encoding="utf-8")
    _run("build", tmp_path / "t.tsv", "--label", "Disease", "-o", tmp_path / "t.lexicon")
    found = json.loads(
        _run("match", tmp_path / "t.lexicon", "--overlaps", "all", input="lung cancer")
    )
    assert [mention["text"] for mention in found["mentions"]] == ["lung cancer", "cancer"]


def test_a_label_that_no_name_has_is_an_error(mesh: Path) -> None:
    with pytest.raises(ConfigurationError, match="no names with the label Gene; it has Chemical"):
        _run("match", mesh, "--labels", "Disease,Gene", input="gout")


def test_mistakes_are_errors(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text("1\tGout\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no file 'nothere', and no profile of that name"):
        _run("build", "nothere", "-o", tmp_path / "x")
    with pytest.raises(ConfigurationError, match="unknown profile 'mash'"):
        _run("build", f"mash={tmp_path / 't.tsv'}", "-o", tmp_path / "x")
    with pytest.raises(ConfigurationError, match="no label is given"):
        _run("build", tmp_path / "t.tsv", "-o", tmp_path / "x")
    with pytest.raises(LexiconError, match="not a compiled lexicon"):
        _run("info", tmp_path / "t.tsv")
    assert not (tmp_path / "x").exists()


def test_a_folder_is_no_place_for_a_compiled_file(tmp_path: Path) -> None:
    table = tmp_path / "t.tsv"
    table.write_text("1\tGout\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"is a folder; give .*such as .*my\.lexicon"):
        _run("build", table, "--label", "Disease", "-o", tmp_path)
    with pytest.raises(ConfigurationError, match=r"t\.tsv is a file: .*cannot be written into"):
        _run("build", table, "--label", "Disease", "-o", table / "my.lexicon")


def test_help_names_every_profile() -> None:
    from bioweave.lexicon.profiles import PROFILES

    text = " ".join(_run("build", "--help").replace("│", " ").split())
    assert all(name in text for name in PROFILES)


def test_nothing_is_written_over_what_is_read(mesh: Path, tmp_path: Path) -> None:
    text = tmp_path / "in.jsonl"
    text.write_text('{"text": "Gout"}\n', encoding="utf-8")
    trees = tmp_path / "trees.tsv"
    plan = tmp_path / "plan.toml"
    plan.write_text(f'[[source]]\npath = "{trees.name}"\nlabel = "Disease"\n', encoding="utf-8")
    for out, command in [
        (text, ["match", mesh, text]),
        (mesh, ["match", mesh, text, "--to", "jsonl"]),
        (trees, ["build", trees, "--label", "Disease"]),
        (trees, ["build", f"mesh={tmp_path / 'mesh2024.tsv'}", "--codes", trees]),
        (trees, ["build", plan]),
        (plan, ["build", plan]),
    ]:
        before = out.read_bytes()
        _run(*command, "-o", out, status=2)
        assert out.read_bytes() == before
