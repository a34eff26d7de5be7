"""What `annotate` reads: the files behind its PATHs, and their documents."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from bioweave.document import Document
from bioweave.errors import ConfigurationError, FormatError
from bioweave.formats import Failure, discover, read_documents

STANDARD_INPUT = "-"
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """A file, or standard input where `path` is None, and the format to read it as."""

    path: Path | None
    format: str

    def __str__(self) -> str:
        return "standard input" if self.path is None else str(self.path)

    def documents(self, on_failure: Callable[[Failure], None]) -> Iterator[Document]:
        """The documents, as they are asked for; what cannot be read goes to `on_failure`."""
        stream = sys.stdin.buffer if self.path is None else self.path
        return read_documents(stream, self.format, on_failure=on_failure)


def find_sources(paths: Sequence[str], format: str) -> list[DocumentSource]:
    """The sources behind files, folders and `-`, in that order, sorted within a folder.

    A named file in no known format is found out when it is read, so that the others go on. Raises
    FormatError for a path that does not exist and a folder with nothing to read,
    ConfigurationError if `-` comes twice.
    """
    if paths.count(STANDARD_INPUT) > 1:
        raise ConfigurationError("standard input can be read once only; give '-' once")
    return [source for path in paths for source in _behind(path, format)]


def refuse_overwriting(paths: Iterable[Path | None], out: Path | None) -> None:
    """Raise BadParameter where what is to be written is one of the files that are read."""
    if out is None or not out.exists():
        return
    if any(path is not None and path.exists() and out.samefile(path) for path in paths):
        raise typer.BadParameter(f"{out} is also read from; write somewhere else")


def _behind(path: str, format: str) -> Iterator[DocumentSource]:
    place = Path(path)
    if path == STANDARD_INPUT:
        yield DocumentSource(None, format)
    elif not place.exists():
        raise FormatError(
            f"there is no file or folder {path!r}. To annotate a text itself, pipe it in: "
            "echo 'some text' | bioweave annotate -"
        )
    elif not place.is_dir():
        yield DocumentSource(place, format)
    else:
        for file, detected in discover([place]):
            yield DocumentSource(file, detected if format == AUTO else format)
