from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from bioweave.errors import ConfigurationError, FormatError
from bioweave.lexicon.sources import file as file_module
from bioweave.lexicon.sources.file import SourceFile


def test_lines_have_numbers_and_no_ends(tmp_path: Path) -> None:
    path = tmp_path / "some.tsv"
    path.write_bytes("\ufeffa\r\nß\nlast".encode())
    assert list(SourceFile(path).lines()) == [(1, "a"), (2, "ß"), (3, "last")]


def test_gzip_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "some.tsv"
    path.write_bytes(gzip.compress(b"a\nb\n"))
    assert [line for _, line in SourceFile(path).lines()] == ["a", "b"]


def test_truncated_gzip_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "some.tsv.gz"
    path.write_bytes(gzip.compress(b"a\nb\n" * 1000)[:-20])
    with pytest.raises(FormatError, match=r"some\.tsv\.gz.*ends too early"):
        list(SourceFile(path).lines())
    path.write_bytes(gzip.compress(b"a\nb\n" * 1000)[:-8] + b"12345678")
    with pytest.raises(FormatError, match="damaged"):
        list(SourceFile(path).lines())


def test_a_wrong_encoding_is_an_error_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "some.tsv"
    path.write_bytes("a\nSjögren\n".encode("latin-1"))
    with pytest.raises(FormatError, match=r"some\.tsv, line 2: byte 0xf6 is not utf-8"):
        list(SourceFile(path).lines())
    assert list(SourceFile(path, "latin-1").lines())[1] == (2, "Sjögren")
    with pytest.raises(ConfigurationError, match="unknown encoding 'utf-9'"):
        SourceFile(path, "utf-9")


def test_binary_and_empty_files_are_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "some"
    path.write_bytes(b"a\n\0\n")
    with pytest.raises(FormatError, match="line 2: a NUL byte"):
        list(SourceFile(path).lines())
    path.write_bytes(b"")
    with pytest.raises(FormatError, match="empty"):
        list(SourceFile(path).lines())
    monkeypatch.setattr(file_module, "_LONGEST_LINE", 1 << 20)
    path.write_bytes(b"x" * (1 << 21))
    with pytest.raises(FormatError, match="more than 1 MiB"):
        list(SourceFile(path).lines())
    with pytest.raises(FormatError, match="cannot be opened"):
        list(SourceFile(tmp_path / "missing").lines())


def test_warnings_keep_their_first_places(tmp_path: Path) -> None:
    file = SourceFile(tmp_path / "some")
    for line in range(1, 6):
        file.warn("empty name", line, "x" * 100)
    assert file.warnings == {"empty name": 5}
    assert file.examples["empty name"] == [f"line {line}: {'x' * 60}..." for line in (1, 2, 3)]
