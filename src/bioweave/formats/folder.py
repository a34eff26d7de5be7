"""A folder with a file for each document, named by the document's id."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, unquote

from bioweave.errors import FormatError, Place
from bioweave.formats.detection import suffix_of
from bioweave.formats.parts import Format

_LONGEST_NAME = 240  # in bytes; file systems take 255 with the suffix


def is_folder(path: Path, format: Format, *more_suffixes: str) -> bool:
    """Whether an output path means a folder: it is one, or its suffix is not the format's."""
    return path.is_dir() or suffix_of(path) not in (*format.suffixes, *more_suffixes)


def file_stem(document_id: str) -> str:
    """A file name for any id, its odd characters percent-encoded; `document_id` takes it back."""
    stem = quote(document_id, safe=" -_.,()+=@")
    if stem.startswith("."):
        stem = f"%2E{stem[1:]}"
    return stem


def document_id(stem: str) -> str:
    """The id that a file name stands for."""
    return unquote(stem)


class Folder:
    """Hands out a name for each document, and no name twice."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stems: set[str] = set()
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FormatError(f"cannot be made: {error.strerror}", Place(str(path))) from error

    def stem(self, document: str) -> str:
        """The file name, without suffix, for a document id; FormatError if there can be none."""
        stem = file_stem(document)
        place = Place(str(self.path), document=document)
        if not stem or len(stem) > _LONGEST_NAME:
            raise FormatError("the id is empty or too long to name a file; write jsonl", place)
        if stem in self._stems:
            raise FormatError(
                "a document with this id is in the folder already; give each its own id", place
            )
        self._stems.add(stem)
        return stem
