"""The documents of a corpus by split, and the files that they come from."""

from __future__ import annotations

from pathlib import Path

from bioweave.corpus.defects import Defect
from bioweave.corpus.lookup import corpora_folder, find
from bioweave.document import Document
from bioweave.errors import CorpusError


def load(name: str, split: str, folder: Path | None = None) -> list[Document]:
    """The documents of a corpus's split (train, dev or test), in the order of its files.

    Known defects are repaired or dropped in passing; `corpus check` lists them. Every mention's
    label is one of `info(name).labels`. Raises CorpusError for an unknown name, a split that the
    corpus does not have, or missing files.

    >>> documents = load("ncbi-disease", "test")  # doctest: +SKIP
    """
    return load_with_defects(name, split, folder)[0]


def load_with_defects(
    name: str, split: str, folder: Path | None = None
) -> tuple[list[Document], list[Defect]]:
    """What `load` gives, and beside it what was wrong in the files."""
    files(name, split, folder)
    home = corpora_folder(folder) / name
    defects: list[Defect] = []
    try:
        documents = list(find(name, folder).reader.read(home, split, defects.append))
    except (ValueError, IndexError, OSError) as error:
        raise CorpusError(
            f"the files of {name} {split} in {home} cannot be read: {error}"
        ) from error
    return documents, defects


def files(name: str, split: str | None = None, folder: Path | None = None) -> list[Path]:
    """Each file that a split, or the whole corpus, is read from; in a fixed order, for checksums.

    Raises CorpusError where one of them is missing.
    """
    reader = find(name, folder).reader
    if split is not None and split not in reader.splits:
        hint = "; carve() parts one from train" if split == "dev" else ""
        raise CorpusError(f"{name} has no {split} split, only {', '.join(reader.splits)}{hint}")
    home = corpora_folder(folder) / name
    paths = [
        path
        for each in (reader.splits if split is None else (split,))
        for path in reader.files(home, each)
    ]
    missing = [path for path in paths if not path.is_file()]
    if missing or not paths:
        what = missing[0] if missing else home
        raise CorpusError(f"{name} is read from {what}, which is not there or is empty")
    return paths
