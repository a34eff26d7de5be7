"""Between formats, as its users meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bioweave.cli.convert import convert
from bioweave.document import Document, Mention
from bioweave.errors import BioweaveError
from bioweave.formats import read_documents

RECORDS = """\
1|t|Gout hurts.
1|a|Colchicine helps.
1\t0\t4\tGout\tDisease\tD006073
1\t12\t22\tColchicine\tChemical\tD003078
1\tTreats\tD003078\tD006073

2|t|Nothing here.
2|a|
"""

app = typer.Typer()
app.command()(convert)


def run(*arguments: object, input: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=input)


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "records.pubtator"
    path.parent.mkdir()
    path.write_text(RECORDS)
    return path


@pytest.mark.parametrize(
    "name",
    ["o.jsonl", "o.json", "o.xml", "o.pubtator", "o.csv", "o.conll", "o.jsonl.gz", "sub/o.jsonl"],
)
def test_the_suffixes_decide(records: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    result = run(records, out)
    assert result.exit_code == 0, result.output
    found = list(read_documents(out))
    assert [document.id for document in found] == ["1", "2"]
    assert [m.text for m in found[0].mentions] == ["Gout", "Colchicine"]
    assert "2 documents, 2 mentions (Chemical 1, Disease 1)" in result.stderr
    assert result.stdout == ""


def test_options_decide_before_suffixes(records: Path, tmp_path: Path) -> None:
    out = tmp_path / "brat.txt.d"
    assert run(records, out, "--from", "pubtator", "--to", "brat").exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == ["1.ann", "1.txt", "2.ann", "2.txt"]
    back = tmp_path / "back.jsonl"
    assert run(out, back).exit_code == 0  # a folder in
    assert [document.id for document in read_documents(back)] == ["1", "2"]


def test_a_page_is_written(records: Path, tmp_path: Path) -> None:
    assert run(records, tmp_path / "page.html").exit_code == 0
    assert 'data-label="Disease"' in (tmp_path / "page.html").read_text()


def test_standard_input_and_output() -> None:
    result = run("-", "-", "--to", "jsonl", "--json", input=RECORDS)
    assert result.exit_code == 0
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["1", "2"]
    assert json.loads(result.stderr.splitlines()[0])["documents"] == 2


def test_losses_are_told_once_and_reported(records: Path, tmp_path: Path) -> None:
    result = run(records, tmp_path / "o.conll", "--json")
    assert result.exit_code == 0
    assert result.stderr.count("conll does not hold concepts") == 1
    report = json.loads(result.stdout)
    assert {"format": "conll", "part": "concepts", "documents": 1} in report["losses"]
    assert report["mentions"] == 2
    assert report["labels"] == {"Chemical": 1, "Disease": 1}
    assert report["failed"] == []


def test_failed_documents_are_listed_and_the_others_go_on(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jsonl").write_text('{"id": "good", "text": "x"}\n{"id": "bad"}\nnot json\n')
    (folder / "b.jsonl").write_text('{"id": "blank", "text": " "}\n{"id": "last", "text": "y"}\n')
    (folder / "c.xml").write_text("<collection><document>")
    result = run(folder, tmp_path / "o.conll", "--json")
    assert result.exit_code == 1
    assert [document.id for document in read_documents(tmp_path / "o.conll")] == ["good", "last"]
    failed = json.loads(result.stdout)["failed"]
    assert [(Path(f["source"]).name, f["line"], f["id"]) for f in failed] == [
        ("a.jsonl", 2, "bad"),
        ("a.jsonl", 3, None),
        ("b.jsonl", None, "blank"),
        ("c.xml", 1, None),
    ]
    assert result.stderr.count("failed: ") == 4


def test_where_nothing_succeeds_nothing_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("nonsense\n")
    out = tmp_path / "o.jsonl"
    out.write_text('{"text": "precious"}\n')
    assert run(tmp_path / "bad.jsonl", out).exit_code == 2
    assert "precious" in out.read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("{in}", "{folder}/o.xyz"), "o.xyz does not tell the format; give --to with one of text"),
        (("{in}", "-"), "- does not tell the format"),
        (("{in}", "{folder}/o.jsonl", "--to", "docx"), "unknown format 'docx'"),
        (("{in}", "{folder}/o.jsonl", "--from", "docx"), "unknown format 'docx'"),
        (("{in}", "{folder}/o.jsonl", "--from", "html"), "html is only written"),
        (("{folder}/missing", "{folder}/o.jsonl"), "there is no file or folder"),
    ],
)
def test_wrong_usage_is_an_error_of_ours(
    records: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    filled = [a.format(**{"in": records, "folder": tmp_path}) for a in arguments]
    result = run(*filled)
    assert isinstance(result.exception, BioweaveError)
    assert message in str(result.exception)
    assert not list(tmp_path.glob("o.*"))


def test_a_file_is_not_converted_onto_itself(records: Path) -> None:
    result = run(records, records)
    assert result.exit_code == 2
    assert "is also read from" in result.output
    assert records.read_text() == RECORDS


def test_a_round_trip_through_the_rich_formats_changes_nothing(tmp_path: Path) -> None:
    line = (
        '{"id":"d","text":"a😀 gout","mentions":[{"start":3,"end":7,"text":"gout","label":'
        '"Disease","confidence":0.5,"concepts":[{"id":"D1","name":"Gout","score":0.25}],'
        '"metadata":{"n":1}}],"relations":[],"passages":[],"metadata":{"year":1999}}\n'
    )
    first = tmp_path / "0.jsonl"
    first.write_text(line)
    chain = [first, *(tmp_path / name for name in ("1.xml", "2.csv", "3.json", "4.jsonl.gz"))]
    for source, target in zip(chain, [*chain[1:], tmp_path / "5.jsonl"], strict=True):
        assert run(source, target).exit_code == 0
    assert (tmp_path / "5.jsonl").read_text() == line
    (document,) = read_documents(tmp_path / "5.jsonl")
    assert isinstance(document, Document)
    assert isinstance(document.mentions[0], Mention)
