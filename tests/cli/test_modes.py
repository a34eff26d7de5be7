"""`modes`, `rules`, and `annotate` and `evaluate` with a mode, a lexicon and rules."""

import json
import shutil
from pathlib import Path

import pytest
from invented_texts import invented_text
from tiny_tagger import write_tiny_bundle
from typer.testing import CliRunner

import bioweave
from bioweave.annotator.rule_files import shipped_rules, shipped_text
from bioweave.bundle import Bundle, read_manifest
from bioweave.cli.main import app

SAMPLE = Path(__file__).parents[1] / "data" / "corpora"


def run(*arguments, status=0):
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == status, done.output
    return done


@pytest.fixture(autouse=True)
def _use_sample(monkeypatch):
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(SAMPLE))


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return write_tiny_bundle(tmp_path_factory.mktemp("bundles") / "tiny")


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lexicon")
    table = folder / "diseases.tsv"
    table.write_text("id\tterm\tkind\nX:1\tmarlitis\tpref\n")
    run("lexicon", "build", table, "--label", "Disease", "-o", folder / "small.lexicon")
    return folder / "small.lexicon"


def test_modes_are_reported_written_and_used(bundle, lexicon, tmp_path):
    own = tmp_path / "own"
    shutil.copytree(bundle, own)
    done = run("modes", own, "--corpus", "sample", "--lexicon", lexicon, "-o", tmp_path / "out")
    report = json.loads((tmp_path / "out" / "modes.json").read_text())
    toml = (tmp_path / "out" / "thresholds.toml").read_text()
    assert (tmp_path / "out" / "precision-recall.png").stat().st_size > 1000
    assert "may have learned from the dev split of sample" in done.stderr
    for shown in ("model alone", "precision, with names", "outcomes", toml.strip()):
        assert shown in done.stdout
    assert read_manifest(own) == read_manifest(bundle)
    run("modes", own, "--corpus", "sample", "--lexicon", lexicon, "--write", "--json")
    manifest = read_manifest(own)
    assert manifest.thresholds == report["thresholds"]
    assert manifest.model_dump()["lexicon_thresholds"] == report["lexicon_thresholds"]
    assert Bundle.load(own).manifest == manifest
    recall = bioweave.load(own, mode="recall")
    assert recall.thresholds["Disease"] == report["thresholds"]["recall"]["Disease"]
    scores = json.loads(
        run(
            "evaluate", own, "--corpus", "sample", "--split", "dev", "--mode", "recall", "--json"
        ).stdout
    )
    measured = report["corpora"]["sample"]["modes"]["recall"]
    assert scores["mentions"]["strict"]["recall"] == pytest.approx(measured["recall"])
    with_lexicon = json.loads(
        run(
            *("evaluate", own, "--corpus", "sample", "--split", "dev", "--mode", "precision"),
            *("--lexicon", lexicon, "--json"),
        ).stdout
    )
    measured = report["corpora"]["sample"]["modes_with_names"]["precision"]
    assert with_lexicon["mentions"]["strict"]["f1"] == pytest.approx(measured["f1"])
    assert "concepts" not in with_lexicon


def test_annotate_goes_by_rules_and_a_lexicon_without_linking(bundle, lexicon, tmp_path):
    source, rules = tmp_path / "a.txt", tmp_path / "rules.toml"
    source.write_text(invented_text(5))
    rules.write_text('[[rules]]\nname = "none"\nkind = "drop"\npattern = "(?s).*"\n')

    def mentions(*options):
        done = run("annotate", source, "--model", bundle, "--to", "jsonl", *options)
        return json.loads(done.stdout)["mentions"]

    assert mentions()
    assert mentions("--rules", rules) == []
    assert mentions("--lexicon", lexicon, "--mode", "recall")


def test_rules_are_shown_checked_and_listed(tmp_path):
    assert run("rules").stdout == shipped_text()
    mine = tmp_path / "mine.toml"
    mine.write_text('[[rules]]\nname = "no-gout"\nkind = "never"\nwords = ["gout"]\n')
    listed = json.loads(run("rules", mine, "--json").stdout)
    assert [one["name"] for one in listed] == [
        *(one.name for one in shipped_rules().rules),
        "no-gout",
    ]
    assert "no-gout" in run("rules", mine).stdout
    mine.write_text('[[rules]]\nname = "no-gout"\nkind = "sometimes"\n')
    complaint = run("rules", mine, status=2).stderr
    assert "line 3: rule 'no-gout', kind: it is one of" in complaint
