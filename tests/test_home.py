"""Where bioweave keeps things."""

from __future__ import annotations

from pathlib import Path

from bioweave.home import home


def test_the_variable_decides(monkeypatch, tmp_path):
    monkeypatch.setenv("BIOWEAVE_HOME", str(tmp_path / "elsewhere"))
    assert home() == tmp_path / "elsewhere"
    assert not home().exists()


def test_a_tilde_is_the_users_folder(monkeypatch):
    monkeypatch.setenv("BIOWEAVE_HOME", "~/models")
    assert home() == Path.home() / "models"


def test_without_the_variable_it_is_the_platforms_folder(monkeypatch):
    for value in (None, ""):
        if value is None:
            monkeypatch.delenv("BIOWEAVE_HOME", raising=False)
        else:
            monkeypatch.setenv("BIOWEAVE_HOME", value)
        assert home().is_absolute()
        assert home().name == "bioweave"
