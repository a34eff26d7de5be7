"""`bioweave errors`, from the command to the page, with the bundle that ships."""

import json

import pytest
from typer.testing import CliRunner

from bioweave.cli.errors_tables import tables_of
from bioweave.cli.main import app


@pytest.fixture(autouse=True)
def sample(repository, monkeypatch):
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(repository / "tests" / "data" / "corpora"))


def run(*arguments):
    command = ["errors", "default", *arguments]
    return CliRunner().invoke(app, command, env={"COLUMNS": "120"}, catch_exceptions=False)


def test_json_page_and_counts_fit_each_other(tmp_path):
    page = tmp_path / "pages" / "errors.html"
    finished = run("--corpus", "sample", "--examples", "2", "--html", str(page), "--json")
    assert finished.exit_code == 0
    report = json.loads(finished.stdout)
    assert (report["model"], report["corpus"], report["split"]) == ("default", "sample", "dev")
    kinds = report["kinds"]
    assert sum(kind["misses"] for kind in kinds) == report["misses"]
    assert sum(kind["false_alarms"] for kind in kinds) == report["false_alarms"]
    strict = report["strict"]
    assert report["misses"] == strict["support"] - report["right"]
    assert report["right"] / (report["right"] + report["false_alarms"]) == strict["precision"]
    assert all(len(kind["examples"]) == min(2, kind["mistakes"]) for kind in kinds)
    text = page.read_text("utf-8")
    assert f"{report['mistakes']:,} mistakes" in text
    assert "sample: 10 of 10 documents" in finished.stderr


def test_tables_name_every_kind_and_show_examples():
    finished = run("--corpus", "sample", "--split", "test", "--examples", "1")
    assert finished.exit_code == 0
    shown = finished.stdout
    assert "default on sample test: 10 documents, strict F1" in shown
    for kind in ("doubtful", "nested", "composite", "label", "boundary", "unseen", "seen"):
        assert kind in shown
    assert "found" in shown and "gold" in shown


def test_labels_that_the_model_does_not_know_are_named():
    report = json.loads(run("--corpus", "sample", "--split", "test", "--json").stdout)
    lines = [str(part) for part in tables_of({**report, "not_scored": ["CellLine", "Variant"]})]
    assert "Annotated, and unknown to the model: CellLine, Variant" in lines
    assert not any("unknown" in str(part) for part in tables_of({**report, "not_scored": []}))


def test_a_higher_bar_for_long_mentions_leaves_fewer_of_them():
    def n_long(n):
        report = json.loads(run("--corpus", "sample", "--long", str(n), "--json").stdout)
        assert report["long_words"] == n
        return next(kind["bearing"] for kind in report["kinds"] if kind["kind"] == "long")

    assert n_long(1) > n_long(4)


def test_an_unknown_corpus_is_bad_input():
    finished = CliRunner().invoke(app, ["errors", "default", "--corpus", "nowhere"])
    assert finished.exit_code == 2
    assert "no corpus is called 'nowhere'" in finished.stderr
