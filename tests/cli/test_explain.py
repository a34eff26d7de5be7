"""`bioweave explain`, from the command to each of its forms, with the bundle that ships."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny_tagger import write_tiny_bundle
from typer.testing import CliRunner, Result

from bioweave.cli.main import app
from bioweave.explanation import from_json
from bioweave.lexicon import SourceSettings, build_lexicon

TEXT = "Lithium was given to a woman with gout. She did well."


def run(*arguments: str, input: str | None = None) -> Result:
    command = ["explain", *arguments]
    if "--method" not in arguments:
        command += ["--method", "occlusion"]
    return CliRunner().invoke(app, command, env={"COLUMNS": "200"}, input=input)


def test_a_text_is_explained_in_the_terminal() -> None:
    finished = run(TEXT, "--without", "lithium")
    assert finished.exit_code == 0, finished.output
    shown = finished.stdout
    assert "“Lithium” (0:7) is found as Chemical" in shown
    assert "“gout” (34:38) is found as Disease" in shown
    assert "[Lithium(+" in shown
    assert "balanced asks for" in shown
    assert "without “lithium”" in shown and "→" in shown


def test_every_form_goes_to_its_file(tmp_path: Path) -> None:
    for name, beginning in (
        ("a.html", b"<!DOCTYPE html>"),
        ("a.json", b"["),
        ("a.png", b"\x89PNG"),
        ("a.txt", b"1  occlusion"),
    ):
        out = tmp_path / "new" / name
        finished = run(TEXT, "--label", "Disease", "-o", str(out))
        assert finished.exit_code == 0, finished.output
        assert out.read_bytes().startswith(beginning)
    [one] = from_json((tmp_path / "new" / "a.json").read_bytes())
    assert (one.mention, one.label, one.is_found) == ("gout", "Disease", True)
    assert "gout" in (tmp_path / "new" / "a.html").read_text("utf-8")


@pytest.mark.parametrize("method", ["shap", "lime"])
def test_each_method_writes_json_of_a_span(method: str) -> None:
    arguments = ("--span", "34:38", "--label", "Disease", "--method", method, "--samples", "300")
    finished = run(TEXT, *arguments, "--to", "json", "--seed", "3")
    assert finished.exit_code == 0, finished.output
    [one] = from_json(finished.stdout)
    assert (one.method, one.mention) == (method, "gout")
    assert (one.settings["samples"], one.settings["seed"]) == (300, 3)
    assert one.heaviest(1)[0].text == "gout"


def test_documents_of_a_file_and_one_of_them(tmp_path: Path) -> None:
    lines = [{"id": "a", "text": "Nothing here."}, {"id": "b", "text": TEXT}]
    path = tmp_path / "two.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    every = run(str(path), "--to", "json")
    assert {one.document for one in from_json(every.stdout)} == {"b"}
    one = run(str(path), "--to", "json", "--document", "b", "--span", "0:7")
    assert [found.mention for found in from_json(one.stdout)] == ["Lithium"]
    several = run(str(path), "--span", "0:7")
    assert several.exit_code == 2
    assert "--span counts in one document, and here are 2" in several.stderr
    unknown = run(str(path), "--document", "c")
    assert unknown.exit_code == 2 and "the first are a, b" in unknown.stderr


def test_standard_input_is_read() -> None:
    finished = run("-", "--from", "text", "--to", "json", input=TEXT)
    assert {one.mention for one in from_json(finished.stdout)} == {"Lithium", "gout"}


def test_where_nothing_was_found_it_says_how_to_ask() -> None:
    finished = run("Nothing here.")
    assert finished.exit_code == 0
    assert "no mentions found; --span A:B --label LABEL explains what was missed" in finished.stdout


def test_a_lexicon_tells_the_names_concepts(tmp_path: Path) -> None:
    names = tmp_path / "names.tsv"
    names.write_text("X:1\tgout\nX:1\tpodagra\n")
    lexicon = tmp_path / "names.lexicon"
    build_lexicon([SourceSettings(names, label="Disease")], lexicon)
    finished = run(TEXT, "--lexicon", str(lexicon), "--label", "Disease", "--to", "json")
    assert finished.exit_code == 0, finished.output
    [one] = from_json(finished.stdout)
    [hit] = one.evidence.dictionary
    assert (hit.text, hit.label, hit.concepts) == ("gout", "Disease", (("X:1", "gout"),))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("", "--span", "0:1"), "there is nothing to explain in a document without words"),
        ((" ",), "there is nothing to explain in a document without words"),
        ((TEXT, "--span", "0:999"), "lies outside the text, which has 53 characters"),
        ((TEXT, "--span", "34:43"), "runs across the end of a sentence"),
        ((TEXT, "--span", "7:8"), "no word stands at 7:8"),
        ((TEXT, "--span", "gout"), "--span is two numbers of characters, as in 10:25"),
        ((TEXT, "--label", "Planet"), "does not find Planet: its labels are Disease, Chemical"),
        ((TEXT, "--without", "aspirin"), "'aspirin' is not among the words of the sentence"),
        ((TEXT, "--method", "gradients"), "no gradients; give the folder of the run"),
        ((TEXT, "--to", "png"), "a picture needs a file to go to"),
        ((TEXT, "-o", "page.doc"), "the suffix says none of terminal, html, json and png"),
        (("nowhere.jsonl",), "there is no file 'nowhere.jsonl'"),
        ((TEXT, "--model", "nowhere"), "nowhere: there is no such folder"),
    ],
)
def test_bad_input_is_one_clear_line(arguments: tuple[str, ...], message: str) -> None:
    finished = run(*arguments)
    assert finished.exit_code == 2
    assert message in " ".join(finished.stderr.replace("│", " ").split())
    assert "Traceback" not in finished.output


def test_another_bundle_can_be_asked(tmp_path: Path) -> None:
    bundle = write_tiny_bundle(tmp_path / "tiny")
    finished = run("Alben cor dexin.", "--model", str(bundle), "--span", "0:5", "--to", "json")
    assert finished.exit_code == 0, finished.output
    [one] = from_json(finished.stdout)
    assert one.settings["model"] == "tiny"
