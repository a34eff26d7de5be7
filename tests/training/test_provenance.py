from __future__ import annotations

import sys

import pytest

from bioweave.training.provenance import command_line


@pytest.mark.parametrize(
    "word, told",
    [
        ("/data/runs/mine", "mine"),
        ("text=/data/a b/text.txt", "text=text.txt"),
        ('teachers=["/data/one","/data/two"]', 'teachers=["one","two"]'),
        ("recipes/default.toml", "recipes/default.toml"),
        ("../runs/mine", "../runs/mine"),
        ("encoder=org/name", "encoder=org/name"),
        ("https://example.org/a/b", "https://example.org/a/b"),
        ("1/2", "1/2"),
    ],
)
def test_a_command_is_told_without_a_machines_folders(
    monkeypatch: pytest.MonkeyPatch, word: str, told: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/bioweave", "train", word])
    assert command_line() == f"bioweave train {told}"
