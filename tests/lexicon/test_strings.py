from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bioweave.lexicon.container import SectionFile, write_sections
from bioweave.lexicon.strings import StringTable, string_sections

_STRINGS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=20)


@given(_STRINGS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_strings_come_back(tmp_path: Path, strings: list[str]) -> None:
    path = tmp_path / "strings"
    write_sections(path, {}, string_sections("some", strings))
    table = StringTable.read(SectionFile(path), "some")
    assert len(table) == len(strings)
    assert list(table) == strings == [table[place] for place in range(len(table))]
    assert table[1:3] == strings[1:3]
    with pytest.raises(IndexError):
        table[len(strings)]


@given(_STRINGS, st.text(max_size=8))
@example(["?", "\ufffd"], "")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sorted_strings_are_found(tmp_path: Path, strings: list[str], other: str) -> None:
    path = tmp_path / "strings"
    ordered = sorted(set(strings))
    write_sections(path, {}, string_sections("some", ordered))
    table = StringTable.read(SectionFile(path), "some")
    assert [table.find(text) for text in ordered] == list(range(len(ordered)))
    assert table.find(other) == (ordered.index(other) if other in ordered else None)
    assert table.find("\ud800") is None


def test_a_long_table_is_read_in_chunks(tmp_path: Path) -> None:
    strings = [f"név {number}" for number in range(10_000)]
    write_sections(tmp_path / "strings", {}, string_sections("some", strings))
    assert list(StringTable.read(SectionFile(tmp_path / "strings"), "some")) == strings
