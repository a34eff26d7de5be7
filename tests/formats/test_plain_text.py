from __future__ import annotations

from pathlib import Path

import pytest

from bioweave.document import Document
from bioweave.errors import FormatError
from bioweave.formats import Part, discover, open_writer, read_documents


def test_a_file_is_a_document_named_after_it(tmp_path: Path) -> None:
    path = tmp_path / "some.notes.txt"
    path.write_bytes("Gout\r\nhurts. שלום 😀".encode())
    assert list(read_documents(path)) == [Document("some.notes", "Gout\r\nhurts. שלום 😀")]


def test_a_file_holds_one_document(tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    with open_writer(path, "text") as writer:
        writer.write(Document("first", "Gout."))
        assert [loss.part for loss in writer.losses] == [Part.DOCUMENT_IDS]
        with pytest.raises(FormatError, match=r"'first' is in it already; give a folder"):
            writer.write(Document("second", "More."))
    assert path.read_text() == "Gout."


def test_a_folder_gets_a_file_for_each_document(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with open_writer(folder, "text") as writer:
        writer.write(Document("PMID:1", "Gout."))
        writer.write(Document("../2", "More."))
    assert not writer.losses
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
    found = [document for path, _ in discover([folder]) for document in read_documents(path)]
    assert {(d.id, d.text) for d in found} == {("PMID:1", "Gout."), ("../2", "More.")}
