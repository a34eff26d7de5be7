from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bioweave.errors import LexiconError
from bioweave.lexicon.container import SectionFile, write_sections


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "some.lexicon"
    sections = {"numbers": np.arange(5, dtype=np.uint32), "bytes": b"abc", "none": b""}
    write_sections(path, {"é": [1, 2]}, sections)
    return path


def test_what_is_written_is_read(path: Path) -> None:
    file = SectionFile(path)
    assert file.info == {"é": [1, 2]}
    assert file.array("numbers").tolist() == [0, 1, 2, 3, 4]
    assert bytes(file.raw("bytes")) == b"abc"
    assert bytes(file.raw("none")) == b""
    assert not file.array("numbers").flags.writeable
    file.verify()
    with pytest.raises(LexiconError, match="'names' is missing"):
        file.raw("names")


def test_the_same_contents_give_the_same_bytes(path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.lexicon"
    big_endian = np.arange(5, dtype=">u4")
    write_sections(again, {"é": [1, 2]}, {"numbers": big_endian, "bytes": b"abc", "none": b""})
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("size", [0, 5, 16, 40, 64, 100, 200])
def test_a_truncated_file_is_an_error(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(LexiconError, match=r"truncated|not a compiled lexicon"):
        SectionFile(path)


def test_other_files_are_errors(path: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_text("id\tterm\n" * 100, encoding="utf-8")
    with pytest.raises(LexiconError, match="not a compiled lexicon"):
        SectionFile(foreign)
    with pytest.raises(LexiconError, match="cannot be opened"):
        SectionFile(tmp_path / "missing")
    content = bytearray(path.read_bytes())
    content[16] = 200
    path.write_bytes(content)
    with pytest.raises(LexiconError, match="version 200"):
        SectionFile(path)


def test_damage_is_found(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-64] ^= 1  # the last section with something in it
    path.write_bytes(content)
    file = SectionFile(path)
    file.verify("numbers")
    with pytest.raises(LexiconError, match="'bytes' is damaged"):
        file.verify()
    content[70] ^= 1
    path.write_bytes(content)
    with pytest.raises(LexiconError, match="header is damaged"):
        SectionFile(path)


def test_a_failed_write_leaves_what_was_there(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(TypeError):
        write_sections(path, {"no JSON": object()}, {})
    assert path.read_bytes() == before
    assert [other.name for other in path.parent.iterdir()] == [path.name]
