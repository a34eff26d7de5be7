"""The files in folders that hold documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from bioweave.errors import FormatError, Place
from bioweave.formats.detection import KNOWN_SUFFIXES, detect_format, suffix_of

_NEVER_DOCUMENTS = ("readme", "license", "licence", "notice", "copying")


def discover(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Each file with its format, in sorted order within each path; a brat pair comes once.

    Folders are walked for the suffixes of the formats (with or without `.gz`); hidden files,
    readmes and licences in them are passed over, and so is what their suffix or content does not
    place, such as an HTML page. A file given by name comes in any case. Raises FormatError for
    a path that does not exist, for a named file in no known format, and if nothing is found.
    """
    paths = [Path(path) for path in paths]
    found = 0
    for path in paths:
        if not path.exists():
            raise FormatError("there is no such file or folder", Place(str(path)))
        for pair in _walk(path) if path.is_dir() else [(path, detect_format(path))]:
            found += 1
            yield pair
    if not found:
        where = ", ".join(map(str, paths)) or "no path given"
        raise FormatError(
            f"no documents found; expected files with one of the suffixes "
            f"{', '.join(sorted(KNOWN_SUFFIXES))}",
            Place(where),
        )


def _walk(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if any(part.startswith(".") for part in relative.parts) or not path.is_file():
            continue
        suffix = suffix_of(path)
        if suffix not in KNOWN_SUFFIXES or path.stem.lower() in _NEVER_DOCUMENTS:
            continue
        if suffix in (".ann", ".a1") and path.with_suffix(".txt").exists():
            continue  # the text file stands for the pair
        yield path, _format_or_text(path)


def _format_or_text(path: Path) -> str:
    try:
        return detect_format(path)
    except FormatError:
        # What is broken here becomes a failure when it is read, not the end of the walk.
        return {".xml": "bioc-xml", ".json": "bioc-json", ".tsv": "conll"}.get(
            suffix_of(path), "text"
        )
