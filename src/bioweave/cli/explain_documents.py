"""What `bioweave explain` is given: a text, or documents in a file."""

from __future__ import annotations

from pathlib import Path

from bioweave.cli.sources import AUTO, STANDARD_INPUT, find_sources
from bioweave.document import Document
from bioweave.errors import FormatError, InputError
from bioweave.formats import Failure


def documents_of(what: str, format: str, id_: str | None, *, needs_one: bool) -> list[Document]:
    """The documents; a text becomes one with the id "1".

    Raises InputError for a file that cannot be read to its end, an unknown id, and several
    documents where `needs_one`.
    """
    if what != STANDARD_INPUT and not _is_file(what):
        documents = [Document("1", what)]
    else:
        if what != STANDARD_INPUT and not Path(what).exists():
            raise FormatError(
                f"there is no file {what!r}. If it is a text, and no file's name, pipe it in: "
                f"echo {what!r} | bioweave explain -"
            )
        failures: list[Failure] = []
        documents = [
            document
            for source in find_sources([what], format or AUTO)
            for document in source.documents(failures.append)
        ]
        if failures:
            raise InputError(f"{failures[0].source}: {failures[0].reason}")
    if id_ is not None:
        known = ", ".join(document.id for document in documents[:5])
        documents = [document for document in documents if document.id == id_]
        if not documents:
            raise InputError(f"no document has the id {id_!r}; the first are {known}")
    if not documents:
        raise InputError(f"{what}: there is no document in it")
    if needs_one and len(documents) > 1:
        raise InputError(
            f"{what}: --span counts in one document, and here are {len(documents)}; choose one "
            "with --document ID"
        )
    return documents


def _is_file(what: str) -> bool:
    """Whether it names a file that is there, or can only have been meant to."""
    try:
        if Path(what).is_file():
            return True
    except (OSError, ValueError):  # too long for a name, or with a null character in it
        return False
    return not any(one.isspace() for one in what) and Path(what).suffix in _SUFFIXES


_SUFFIXES = frozenset(
    (".txt", ".jsonl", ".json", ".xml", ".ann", ".conll", ".csv", ".tsv", ".parquet", ".gz")
)
