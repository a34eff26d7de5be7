from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bioweave.cli.corpus import app
from bioweave.corpus import corpus_names
from bioweave.errors import CorpusError


@pytest.fixture(autouse=True)
def _small(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(repository / "tests" / "data" / "corpora"))
    monkeypatch.setenv("COLUMNS", "120")


def _run(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_list_names_every_corpus_and_says_which_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = json.loads(_run("list", "--json"))
    assert [row["name"] for row in rows] == list(corpus_names())
    assert all(row["there"] for row in rows)
    text = _run("list")
    assert all(name in text for name in corpus_names())
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(tmp_path))
    assert not any(row["there"] for row in json.loads(_run("list", "--json")))


def test_stats_as_json_and_as_a_table() -> None:
    value = json.loads(_run("stats", "ncbi-disease", "--json"))
    assert value["splits"]["train"]["documents"] == 3
    assert value["splits"]["train"]["labels"]["Disease"]["mentions"] == 10
    lines = _run("stats", "ncbi-disease").splitlines()
    (mentions,) = [line for line in lines if line.split()[1:2] == ["mentions"]]
    assert [cell.strip() for cell in mentions.strip("│").split("│")[1:]] == ["10", "3", "2"]


def test_check_counts_and_on_demand_lists() -> None:
    value = json.loads(_run("check", "ncbi-disease", "--json"))
    assert value["sound"] is True
    assert {"kind": "offset mismatch", "action": "repaired", "splits": {"train": 1}} in value[
        "counts"
    ]
    assert "91000001" not in _run("check", "ncbi-disease")
    assert "91000001" in _run("check", "ncbi-disease", "--all")
    assert "none" in _run("check", "sample")


def test_overlap_as_json_and_as_a_table() -> None:
    rows = json.loads(_run("overlap", "chemprot", "drugprot", "--json"))
    assert [row["shared_documents"] for row in rows if row["same_id"]] == [["PMID:88000003"]]
    text = _run("overlap", "chemprot", "drugprot")
    assert "chemprot test" in text
    assert "drugprot train" in text
    assert "nothing is shared" in _run("overlap", "s800")


@pytest.mark.parametrize("command", ["stats", "check", "overlap"])
def test_an_unknown_corpus_is_an_error_that_names_the_known(command: str) -> None:
    with pytest.raises(CorpusError, match="no corpus is called 'bc9'"):
        CliRunner().invoke(app, [command, "bc9"], catch_exceptions=False)
