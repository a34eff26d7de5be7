"""`bioweave explain --check` and `--global` over invented corpora, with the bundle that ships."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bioweave.cli.main import app

CORPORA = Path(__file__).parents[1] / "data" / "corpora"


@pytest.fixture(autouse=True)
def corpora_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The sample, and corpora of one's own beside it."""
    folder = tmp_path / "corpora"
    folder.mkdir()
    (folder / "sample").symlink_to(CORPORA / "sample")
    for name, text in (
        ("bare", "Lithium was given for gout. She had gout before."),
        ("silent", "Nothing happened here."),
        ("blank", " "),
    ):
        (folder / name).mkdir()
        line = json.dumps({"id": "1", "text": text})
        (folder / name / "dev.jsonl").write_text(f"{line}\n")
        (folder / name / "test.jsonl").write_text(f"{line}\n")
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(folder))
    return folder


def run(*arguments: object) -> Result:
    command = ["explain", *map(str, arguments)]
    return CliRunner().invoke(app, command, env={"COLUMNS": "160"})


def test_a_check_prints_tables_and_leaves_a_page(tmp_path: Path) -> None:
    out = tmp_path / "new" / "check"
    few = ("--check", "sample", "--mentions", "6", "--method", "occlusion", "-o", out)
    finished = run(*few)
    assert finished.exit_code == 0, finished.output
    for words in ("6 mentions (", "of sample dev", "Less random", "mention first", "Agreement"):
        assert words in finished.stdout
    assert "# Are explanations true?" in (out / "explanations.md").read_text()
    assert (out / "explanations.png").read_bytes().startswith(b"\x89PNG")
    summary = json.loads((out / "summary.json").read_text())
    assert summary["command"] == "explain --check"
    assert list(summary["methods"]) == ["occlusion"]
    assert set(summary["labels"]) <= {"Disease", "Chemical", "Gene"}

    rows = (out / "mentions.jsonl").read_text()
    more = run(*few[:3], "8", *few[4:], "--json")
    assert more.exit_code == 0, more.output
    assert json.loads(more.stdout)["mentions"] == 8
    assert (out / "mentions.jsonl").read_text().startswith(rows)

    other = run(*few, "--seed", "1")
    assert other.exit_code == 2
    assert "holds what was done with another seed (0, now 1)" in other.output


def test_of_a_label_and_without_gold_mentions() -> None:
    settings = ("--method", "occlusion", "--json")
    chemicals = run("--check", "sample", "--label", "Chemical", "--mentions", "2", *settings)
    assert set(json.loads(chemicals.stdout)["labels"]) == {"Chemical"}
    bare = run("--check", "bare", *settings)
    assert bare.exit_code == 0, bare.output
    assert json.loads(bare.stdout)["labels"] == {"Disease": 2, "Chemical": 1}


def test_words_of_a_corpus(tmp_path: Path) -> None:
    out = tmp_path / "words"
    finished = run("--global", "sample", "--mentions", "30", "--least", "2", "-o", out)
    assert finished.exit_code == 0, finished.output
    assert "What this does not tell." in finished.stdout
    page = (out / "words.md").read_text()
    assert "# Words for and against each label" in page and "### Disease: in it" in page
    assert (out / "words.png").read_bytes().startswith(b"\x89PNG")
    summary = json.loads((out / "summary.json").read_text())
    assert summary["command"] == "explain --global"
    entries = summary["labels"]["Disease"]
    assert [one["weight"] for one in entries] == sorted(
        (one["weight"] for one in entries), reverse=True
    )
    assert all(one["documents"] >= 2 for one in entries)
    assert all(one["interval"][0] <= one["mean"] <= one["interval"][1] for one in entries)
    spans = summary["spans"]
    assert sum(one["found"] + one["near_misses"] for one in spans.values()) == 30
    fewer = run("--global", "sample", "--mentions", "30", "--least", "9", "-o", out, "--json")
    assert len(json.loads(fewer.stdout)["labels"]["Disease"]) < len(entries)


def test_a_test_split_has_to_be_asked_for() -> None:
    refused = run("--check", "bare:test")
    assert refused.exit_code == 2
    assert "say --test as well" in " ".join(refused.output.split())
    settings = ("--method", "occlusion", "--json")
    assert run("--check", "bare:test", "--test", *settings).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give a text, a file or -; or --check or --global with a corpus"),
        (("--check", "sample", "--global", "sample"), "ask for one at a time"),
        (("Some text.", "--check", "sample"), "a text does not go with --check"),
        (("--global", "sample", "--span", "0:3"), "--span does not go with --global"),
        (("Some text.", "--mentions", "3"), "--mentions does not go with a text"),
        (("Some text.", "--method", "shap", "--method", "lime"), "explained by one method"),
        (("Some text.", "--json", "--to", "html"), "--json and --to html contradict each other"),
        (("--global", "sample", "--method", "shap", "--method", "lime"), "weighs by one method"),
        (("--check", "sample", "--mentions", "0"), "Invalid value for '--mentions'"),
        (("--check", "sample:"), "takes CORPUS or CORPUS:SPLIT, not 'sample:'"),
        (("--check", "sample", "--test"), "--test goes with a test split, as in --check sample:te"),
        (("--check", "nowhere"), "no corpus is called 'nowhere'"),
        (("--check", "sample:later"), "sample has no later split, only train, dev, test"),
        (("--check", "sample", "--label", "Planet"), "does not find Planet: its labels are Dis"),
        (("--check", "sample", "--method", "gradients"), "no gradients; give the folder of the"),
        (("--check", "blank"), "blank dev has no documents with words in them"),
        (("--check", "silent"), "finds no mention of Disease, Chemical, Gene, Species in silent"),
        (("--global", "silent"), "neither finds nor nearly finds Disease, Chemical"),
        (("nothing.txt",), "pipe it in: echo 'nothing.txt' | bioweave explain -"),
    ],
)
def test_bad_input_is_one_clear_line(arguments: tuple[str, ...], message: str) -> None:
    finished = run(*arguments)
    assert finished.exit_code == 2
    assert message in " ".join(finished.output.replace("│", " ").split())
    assert "Traceback" not in finished.output
