"""Rows that outlive their process, whatever moment it ends at."""

from __future__ import annotations

from pathlib import Path

import pytest

from bioweave.errors import ConfigurationError
from bioweave.explanation.kept_rows import KeptRows


def test_what_is_kept_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "rows.jsonl"
    first = KeptRows(path, {"seed": 1})
    first.add("a", {"weight": 0.1 + 0.2, "pair": (1.5, None)})
    again = KeptRows(path, {"seed": 1})
    assert "a" in again and "b" not in again
    assert again["a"] == first["a"] == {"weight": 0.1 + 0.2, "pair": [1.5, None]}


def test_only_a_line_that_was_cut_short_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = KeptRows(path, {})
    for key in "abc":
        rows.add(key, key.upper())
    path.write_bytes(path.read_bytes()[:-4])
    again = KeptRows(path, {})
    assert [key for key in "abc" if key in again] == ["a", "b"]
    again.add("c", "anew")
    assert KeptRows(path, {})["c"] == "anew"


def test_a_head_that_was_cut_short_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"settin')
    KeptRows(path, {"seed": 1}).add("a", 1)
    assert KeptRows(path, {"seed": 1})["a"] == 1


def test_rows_of_other_settings_are_not_mixed_in(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    KeptRows(path, {"seed": 1, "methods": ["lime"]})
    with pytest.raises(ConfigurationError, match=r"with another seed \(1, now 2\): choose another"):
        KeptRows(path, {"seed": 2, "methods": ["lime"]})


def test_another_file_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("a list of mine\n")
    with pytest.raises(ConfigurationError, match="is something else than rows of an earlier call"):
        KeptRows(path, {})
    assert path.read_text() == "a list of mine\n"


def test_without_a_file_rows_live_as_long_as_the_process() -> None:
    rows = KeptRows(None, {})
    rows.add("a", (1,))
    assert rows["a"] == [1]
