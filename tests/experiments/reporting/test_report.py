"""`report`: its tables hold what its JSON says, and scores once measured are kept."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tiny_encoders import write_tiny_encoder
from typer.testing import CliRunner

from bioweave import corpus, experiments
from bioweave.cli.main import app
from bioweave.errors import ConfigurationError
from bioweave.experiments.reporting import make_report, report
from bioweave.experiments.reporting.tables import mentions_table, words_table

SAMPLE = Path(__file__).parents[2] / "data" / "corpora"


def run(*arguments, status=0):
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == status, done.output
    return done


class Page(HTMLParser):
    """The tables of a page, its pictures, and whatever it asks the world for."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.pictures, self.addresses, self.tags = [], [], [], set()
        self.is_cell = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        named = dict(attrs)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.is_cell = True
        elif tag == "img":
            self.pictures.append(named["src"])
        self.addresses += [value for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data):
        if self.is_cell:
            self.tables[-1][-1][-1] += data

    def handle_endtag(self, tag):
        self.is_cell = False


def markdown_tables(text):
    tables, inside = [], False
    for line in text.splitlines():
        if line.startswith("|"):
            if not inside:
                tables.append([])
            tables[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        inside = line.startswith("|")
    return [[rows[0], *rows[2:]] for rows in tables]


@pytest.fixture
def reported(make_bundle, tmp_path):
    models = [make_bundle("one"), make_bundle("two", seed=1)]
    out = tmp_path / "report"
    done = run("report", *models, "-o", out, "--split", "test", "--best", "--json")
    return models, out, json.loads(done.stdout)


def test_page_markdown_and_json_say_the_same(reported):
    models, out, made = reported
    text = (out / "report.html").read_text()
    page, tables = Page(text), markdown_tables((out / "report.md").read_text())
    assert page.tables == tables
    words, mentions = tables[0], tables[1]
    assert words[0][2:] == [
        f"{split} {part}"
        for split in ("dev", "test")
        for part in ("precision", "recall", "F1", "support")
    ]
    by_place = {(one["model"]["name"], one["split"]): one for one in made["scores"]}
    assert list(by_place) == [(m, s) for m in ("one", "two") for s in ("dev", "test")]
    for row in words[1:]:
        for place, split in ((2, "dev"), (6, "test")):
            tokens = by_place[row[0], split]["evaluation"]["tokens"]
            if row[1] == "accuracy":
                assert row[place + 2] == f"{100 * tokens['accuracy']:.2f}"
                continue
            own = tokens[row[1]]
            shown = [f"{100 * own[part]:.2f}" for part in ("precision", "recall", "f1")]
            assert row[place : place + 4] == [*shown, str(own["support"])]
    assert len(mentions) == 1 + 2 * 2 * 4
    for row in mentions[1:]:
        one = by_place[row[0], row[1]]
        strict = one["evaluation"]["mentions"]["strict"]
        own = strict if row[2] == "all" else strict["labels"][row[2]]
        low, high = one["intervals"]["strict"][row[2]]
        f1, interval = (
            row[mentions[0].index(name)] for name in ("strict F1", "strict 95% interval")
        )
        assert f1 == f"{100 * own['f1']:.2f}" and low <= own["f1"] <= high
        assert interval == f"{100 * low:.2f} to {100 * high:.2f}"
    for one in by_place.values():
        tags = one["confusion"]["tags"]
        rows = dict(zip(tags, one["confusion"]["words"], strict=True))
        tokens = one["evaluation"]["tokens"]
        for kind in "BI":
            total = sum(sum(row) for tag, row in rows.items() if tag.startswith(kind))
            assert total == tokens[kind]["support"]
    fresh = experiments.evaluate(experiments.open_model(str(models[1])), "sample", "test")
    kept = by_place["two", "test"]["evaluation"]
    assert {**kept, "seconds": 0} == {**{key: fresh[key] for key in kept}, "seconds": 0}


def test_the_page_needs_nothing_else(reported):
    _, out, made = reported
    text = (out / "report.html").read_text()
    page = Page(text)
    assert len(page.pictures) == len(made["pictures"]) == 8
    assert all(address.startswith("data:image/png;base64,") for address in page.addresses)
    assert not page.tags & {"script", "link", "iframe"}
    assert not re.search(r"https?://|url\(|@import", text)
    assert 'name="viewport"' in text and "prefers-color-scheme: dark" in text
    for file in made["pictures"].values():
        assert (out / file).read_bytes().startswith(b"\x89PNG")
        assert f"]({file})" in (out / "report.md").read_text()


def test_it_is_made_anew_from_its_scores_alone(reported, tmp_path, monkeypatch):
    _, out, made = reported
    monkeypatch.delenv("BIOWEAVE_CORPORA")
    again = tmp_path / "again"
    done = run("report", out / "scores", "-o", again, "--split", "test", "--best")
    assert made["best"]["path"] in done.stdout
    files = sorted(path.relative_to(out) for path in out.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    for file in files:
        assert (out / file).read_bytes() == (again / file).read_bytes(), file


def test_scores_are_kept_while_model_and_corpus_are_unchanged(make_bundle, tmp_path, monkeypatch):
    measured = []

    def counted(bundle, name, split, **options):
        measured.append((name, split))
        return measure_model(bundle, name, split, **options)

    measure_model = report.measure_model
    monkeypatch.setattr(report, "measure_model", counted)
    out, model = tmp_path / "out", make_bundle("model")
    first = make_report([str(model)], out)
    assert make_report([str(model)], out) == first and measured == [("sample", "dev")]
    score = out / "scores" / "model.sample.dev.json"
    score.write_text(score.read_text()[:100])  # as a kill would never leave it
    assert make_report([str(model)], out)["scores"][0]["counts"] == first["scores"][0]["counts"]
    make_bundle("model", seed=1)
    assert make_report([str(model)], out)["scores"][0]["counts"] != first["scores"][0]["counts"]
    assert len(measured) == 3
    own = tmp_path / "corpora" / "sample"
    own.mkdir(parents=True)
    text = (SAMPLE / "sample" / "dev.pubtator").read_text()
    (own / "dev.pubtator").write_text(text[: text.rindex("\n\n", 0, len(text) // 2) + 2])
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(own.parent))
    assert make_report([str(model)], out)["scores"][0]["evaluation"]["documents"] < 10
    assert len(measured) == 4


def test_what_cannot_be_measured_is_said(make_bundle, tmp_path):
    model = make_bundle("model")
    done = run("report", model, "-o", tmp_path / "out", "--corpus", "sample", "--corpus", "bc2gm")
    assert "warning: model on bc2gm dev" in done.stderr
    assert "## Not measured" in (tmp_path / "out" / "report.md").read_text()
    with pytest.raises(ConfigurationError, match="nothing to report"):
        make_report([str(model)], tmp_path / "out", corpora=["bc2gm"])
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x.json").write_text("[]")
    assert "not a file of scores" in run(
        "report", tmp_path / "other", "-o", tmp_path / "out", status=2
    ).stderr  # fmt: skip


@pytest.mark.slow
def test_a_run_shows_how_it_learned_and_can_be_promoted(tmp_path):
    from bioweave.training import train

    texts = [document.text for document in corpus.load("sample", "train", SAMPLE)]
    encoder = write_tiny_encoder(tmp_path / "encoder", texts)
    (tmp_path / "tiny.toml").write_text(
        'name = "tiny"\nlabels = ["Disease", "Chemical"]\ncorpora = [{name = "sample"}]\n'
        f'[model]\nencoder = "{encoder}"\n[windows]\nmax_pieces = 64\n'
        '[training]\nepochs = 2\nbatch_size = 1\nprecision = "fp32"\n'
    )
    train(tmp_path / "tiny.toml", tmp_path / "run")
    out = tmp_path / "out"
    made = make_report([str(tmp_path / "run")], out, with_best=True)
    past = json.loads((out / "scores" / "run.learning.json").read_text())
    assert [row["epoch"] for row in past["epochs"]] == [1.0, 2.0] and past["steps"]
    assert made["pictures"]["learning"] == "learning.png"
    assert made["best"]["model"] == "run" and made["scores"][0]["learned_from"] == "no"
    [only] = made["scores"]
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert only["evaluation"]["tokens"]["accuracy"] > 0 and record["dev"]
    promoted = json.loads(run("promote", made["best"]["path"], "--json").stdout)
    assert (
        promoted["labels"] == ["Disease", "Chemical"] and promoted["dev"]["strict_f1"] is not None
    )


def test_tables_leave_room_for_models_without_a_split(reported):
    _, _, made = reported
    some = [one for one in made["scores"] if one["split"] == "dev" or one["model"]["name"] == "one"]
    table = words_table(some, ["dev", "test"])
    assert {row[6] for row in table.rows if row[0] == "two"} == {""}
    assert len(mentions_table(some).rows) == 3 * 4
