"""Pages of studies from committed summaries."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bioweave.cli.main import app


def scores(hits: int) -> dict[str, object]:
    return {
        "mentions": {"strict": {"f1": 2 * hits / (10 + hits)}},
        "tokens": {"accuracy": 0.9},
        "by_document": [[hits, 0, 10 - hits]] * 10,
    }


def fusion(seed: int) -> dict[str, object]:
    rows = {"members": {f"a-{seed}": scores(5), f"b-{seed}": scores(4)}}
    rows["methods"] = {"mean": scores(7)}
    return {
        "command": "fuse",
        "members": [f"a-{seed}", f"b-{seed}"],
        "dev": {"corpora": {"sample": rows}},
    }


def report(*arguments: object, status: int = 0) -> str:
    done = CliRunner().invoke(app, ["report", *map(str, arguments)])
    assert done.exit_code == status, done.output
    return done.output


def test_summaries_of_seeds_become_one_page(tmp_path: Path) -> None:
    files = []
    for seed in (13, 29):
        files.append(tmp_path / f"fusion-{seed}.json")
        files[-1].write_text(json.dumps(fusion(seed)))
    assert "fusion.md" in report(*files, "-o", tmp_path / "pages")
    page = (tmp_path / "pages" / "fusion.md").read_text()
    assert "2 seeds; members: a, b." in page
    assert "| mean | method | 82.35 | 0.00 | 90.00 |" in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not valid JSON"),
        ("[]", "no summary of fuse"),
        ('{"command": "tune"}', "is of tune"),
        (None, "there is no such file"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str | None, words: str) -> None:
    path = tmp_path / "summary.json"
    if text is not None:
        path.write_text(text)
    assert words in report(path, "-o", tmp_path / "pages", status=2)
    assert not (tmp_path / "pages").exists()
