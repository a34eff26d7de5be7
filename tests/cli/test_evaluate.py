"""`bioweave evaluate`, with an evaluation whose figures are known."""

import json
from types import SimpleNamespace

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from bioweave import experiments
from bioweave.annotator.rule_files import shipped_rules
from bioweave.cli.evaluate import evaluate
from bioweave.cli.evaluation_progress import progress_on

app = typer.Typer()
app.command()(evaluate)


def score(value, support=40):
    return {"precision": value, "recall": value, "f1": value, "support": support}


def result(model, corpus, split, **mentions):
    strict = {**score(0.8125), "labels": {"Disease": score(0.75, 10), "Chemical": score(0.875, 30)}}
    return {
        "model": model,
        "corpus": corpus,
        "split": split,
        "trained_on": True,
        "trained_splits": ["train", "dev"],
        "trained_labels": ["Disease"],
        "taught_labels": [],
        "saw_split": False,
        "documents": 12,
        "not_scored": ["Gene"],
        "mentions": {"strict": strict, "relaxed": {**score(0.9375), "labels": {}}, **mentions},
        "tokens": {
            "scheme": "BIO",
            **{name: score(0.625, 2000) for name in ("B", "I", "O", "macro", "weighted")},
            "accuracy": 0.9844,
            "roc_auc": {"B": 0.9971, "I": None, "O": 0.9962, "macro": 0.9966},
        },
        "confidence_interval": {"strict_f1": [0.7891, 0.8359], "resamples": 1000},
        "calibration": {"expected_error": 0.0312},
        "words": 2000,
        "seconds": 0.5,
    }


class StandIn:
    """What the command asks of an annotator."""

    def __init__(self, mode, linker):
        self.mode = mode
        self.linker = linker
        self.labels = ("Disease", "Chemical")
        self.rules = shipped_rules()
        self.selection = SimpleNamespace(names=None)
        self.bundle = SimpleNamespace(manifest=SimpleNamespace(labels=self.labels))


def asked(path, mode):
    return {"path": path, "mode": mode, "link": False, "lexicon": None, "rules": None}


@pytest.fixture
def opened(monkeypatch):
    """What the command asked for, while the answers are canned."""
    calls = {}

    def open_model(path, *, mode, link, lexicon, rules):
        calls.update(path=path, mode=mode, link=link, lexicon=lexicon, rules=rules)
        linker = SimpleNamespace(labels=("Disease",), lexicon=None) if link else None
        return StandIn(mode, linker)

    def one(model, corpus, split, *, name, progress, linker):
        assert model.linker == linker
        progress(12, 12)
        return result(name, corpus, split)

    def every(model, split, *, name, progress, linker):
        own_rule = {**score(0.96875), "labels": {}}
        return {
            "model": name,
            "split": split,
            "results": [
                one(model, "bc5cdr", split, name=name, progress=progress("bc5cdr"), linker=linker),
                result(name, "bc2gm", split, alternatives=own_rule),
                result(name, "drugprot", "dev") | {"saw_split": True},
                result(name, "s800", split)
                | {"trained_on": False, "trained_labels": [], "taught_labels": ["Chemical"]},
                result(name, "mine", split) | {"trained_on": None, "trained_labels": None},
                result(name, "tmvar3", split) | {"taught_labels": None},
            ],
            "skipped": [{"corpus": "anatem", "reason": "there is nothing to score"}],
        }

    monkeypatch.setattr(experiments, "open_model", open_model)
    monkeypatch.setattr(experiments, "evaluate", one)
    monkeypatch.setattr(experiments, "evaluate_all", every)
    return calls


def run(*arguments):
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "140"}, catch_exceptions=False)


def test_json_is_the_evaluation_and_nothing_else_on_standard_output(opened):
    finished = run("default", "--corpus", "bc5cdr", "--json")
    assert finished.exit_code == 0
    told = json.loads(finished.stdout)
    settings = {key: told.pop(key) for key in ("mode", "rules", "own_names", "lexicon")}
    assert told == result("default", "bc5cdr", "test")
    on = [one.name for one in shipped_rules().rules if one.enabled]
    rules = {"file": None, "on": on}
    assert settings == {"mode": "balanced", "rules": rules, "own_names": [], "lexicon": None}
    assert "bc5cdr: 12 of 12 documents" in finished.stderr
    assert opened == asked("default", "balanced")


def test_mode_and_split_are_passed_on(opened):
    finished = run("some/run", "--corpus", "bc5cdr", "--split", "dev", "--mode", "recall", "--json")
    assert json.loads(finished.stdout)["split"] == "dev"
    assert opened == asked("some/run", "recall")


def test_json_tells_what_it_was_measured_with(opened, tmp_path):
    rules = tmp_path / "mine.toml"
    rules.write_text('[[rules]]\nname = "x"\nkind = "drop"\npattern = "x"\nlabels = ["Disorder"]\n')
    finished = run("default", "--all", "--mode", "precision", "--rules", str(rules), "--json")
    told = json.loads(finished.stdout)
    assert list(told)[:6] == ["model", "split", "mode", "rules", "own_names", "lexicon"]
    assert (told["mode"], told["rules"]["file"]) == ("precision", str(rules))
    assert finished.stderr.count("warning:") == 1
    assert "the model does not find Disorder, which the rule 'x' is for" in finished.stderr


def test_gold_mentions_that_are_not_linked_are_counted(opened):
    finished = run("default", "--corpus", "bc5cdr", "--link", "--json")
    warnings = [line for line in finished.stderr.splitlines() if line.startswith("warning:")]
    assert warnings == [
        "warning: 30 gold mentions of the label Chemical were not linked: the bundle knows no "
        "concepts of it"
    ]
    # Six corpora, one line.
    every = run("default", "--all", "--link")
    assert every.stderr.count("warning:") == 1
    assert "180 gold mentions of the label Chemical" in every.stderr


def test_tables_show_scores_with_their_interval(opened):
    shown = run("default", "--corpus", "bc5cdr").stdout
    assert "default on bc5cdr test: 12 documents, 2,000 words in 0.5 s (4,000 words/s)" in shown
    strict = next(line for line in shown.splitlines() if "strict" in line)
    assert "0.8125" in strict and "0.7891 to 0.8359" in strict
    assert "0.8750" in next(line for line in shown.splitlines() if "Chemical" in line)
    assert "accuracy 0.9844" in shown
    assert "0.9971" in shown and "0.0312" in shown
    assert "unknown to the model: Gene" in shown


def rows(shown):
    """The rows of the table of all corpora: each corpus's name, with its labels' cells."""
    found, name = {}, ""
    for line in shown.splitlines():
        if line.startswith("│"):
            cells = [cell.strip() for cell in line.strip("│").split("│")]
            name = cells[0] or name
            found[name, cells[1]] = cells[2:]
    return found


def test_all_is_a_row_for_each_label_of_a_corpus_and_what_it_learned_from_it(opened):
    shown = run("default", "--all").stdout
    found = rows(shown)
    whole = ["", "0.8125", "0.8125", "0.8125", "0.7891 to 0.8359", "40", "0.9375"]
    assert found["bc5cdr", "all"] == [*whole, ""]
    assert found["bc2gm", "all"] == [*whole, "0.9688"]
    disease = ["train+dev", "0.7500", "0.7500", "0.7500", "", "10", "", ""]
    assert found["bc5cdr", "Disease"] == disease
    assert found["bc5cdr", "Chemical"][0] == "unseen"
    assert found["s800", "Disease"][0] == "unseen"
    assert found["s800", "Chemical"][0] == "taught"
    assert found["mine", "Disease"][0] == "unknown"
    assert [found["tmvar3", label][0] for label in ("Disease", "Chemical")] == [
        "train+dev",
        "unknown",
    ]


def test_all_names_a_split_that_is_not_the_one_asked_for_and_warns_of_learned_ones(opened):
    shown = run("default", "--all").stdout
    assert ("drugprot dev", "all") in rows(shown)
    assert "drugprot dev was learned from" in shown
    assert "skipped anatem: there is nothing to score" in shown


def test_without_alternatives_there_is_no_column_for_them(opened, monkeypatch):
    def every(model, split, *, name, progress, linker):
        return {
            "model": name,
            "split": split,
            "results": [result(name, "bc5cdr", split)],
            "skipped": [],
        }

    monkeypatch.setattr(experiments, "evaluate_all", every)
    shown = run("default", "--all").stdout
    assert "own rule" not in shown
    assert len(rows(shown)["bc5cdr", "all"]) == 7


def test_one_corpus_says_what_was_learned_from_it(opened):
    shown = run("default", "--corpus", "bc5cdr").stdout
    assert "Learned from this corpus: Disease train+dev, Chemical unseen" in shown


@pytest.mark.usefixtures("opened")
def test_figures_are_not_cut_short_in_a_file(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    shown = CliRunner().invoke(app, ["default", "--all"], catch_exceptions=False).stdout
    assert "…" not in shown
    assert rows(shown)["bc2gm", "all"][-1] == "0.9688"


@pytest.mark.usefixtures("opened")
def test_all_as_json_lists_results_and_what_was_skipped():
    results = json.loads(run("default", "--all", "--json").stdout)
    names = ["bc5cdr", "bc2gm", "drugprot", "s800", "mine", "tmvar3"]
    assert [one["corpus"] for one in results["results"]] == names
    assert results["skipped"][0]["corpus"] == "anatem"


@pytest.mark.parametrize("options", [(), ("--corpus", "bc5cdr", "--all")])
def test_exactly_one_of_corpus_and_all_is_needed(opened, options):
    finished = run("default", *options)
    assert finished.exit_code == 2
    assert "either --corpus NAME or --all" in finished.stderr
    assert opened == {}


def test_an_unknown_mode_is_a_usage_error(opened):
    finished = run("default", "--corpus", "bc5cdr", "--mode", "wild")
    assert finished.exit_code == 2
    assert opened == {}


def test_a_terminal_gets_a_bar_with_the_documents_counted():
    console = Console(force_terminal=True, width=100, record=True)
    with console.capture() as capture, progress_on(console) as progress_of:
        progress_of("bc5cdr")(3, 12)
    assert "bc5cdr" in capture.get() and "3/12" in capture.get()


def test_elsewhere_a_long_evaluation_says_a_line_now_and_then(monkeypatch):
    clock = iter([0.0, 1.0, 20.0, 20.0, 21.0, 22.0])
    monkeypatch.setattr("bioweave.cli.evaluation_progress.monotonic", lambda: next(clock))
    console = Console(force_terminal=False, width=100)
    with console.capture() as capture, progress_on(console) as progress_of:
        show = progress_of("bc5cdr")
        for n_done in (1, 2, 3):
            show(n_done, 4)
    assert capture.get().splitlines() == ["bc5cdr: 2 of 4 documents"]
