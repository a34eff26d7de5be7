"""Files on this machine and in object stores: listed, opened, known by size and age.

A URL such as `s3://bucket/folder` goes through fsspec; a path does not need it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from bioweave.errors import FormatError, MissingExtraError, Place


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is there, by its path or URL; `mark` changes when its content may have."""

    path: str
    n_bytes: int
    mark: str

    def __str__(self) -> str:
        return self.path


def is_url(path: str) -> bool:
    """Whether a path names a store, as `s3://`, and not this machine's files."""
    return "://" in path


def list_url(url: str, is_wanted: Callable[[str], bool]) -> list[StoredFile]:
    """The files behind a URL: the one it names, or those in a folder or of a pattern with `*`.

    `is_wanted` tells by their names which of the latter to take. Raises FormatError where there are
    none and MissingExtraError without fsspec or the library that this kind of store needs.
    """
    store, path = _store_of(url)
    try:
        if "*" in path:
            found = store.glob(path, detail=True)
        elif store.isdir(path):
            found = store.find(path, detail=True)
        else:
            found = {path: store.info(path)}
    except Exception as error:  # stores raise what their libraries do
        raise FormatError(f"cannot be listed: {error}", Place(url)) from error
    files = [
        StoredFile(str(store.unstrip_protocol(name)), int(about["size"] or 0), _mark(about))
        for name, about in sorted(found.items())
        if about["type"] == "file"
    ]
    if not files:
        raise FormatError("no files there", Place(url))
    is_named = len(files) == 1 and _last(files[0].path) == _last(url)
    return files if is_named else [file for file in files if is_wanted(_last(file.path))]


def _last(url: str) -> str:
    return url.rstrip("/").rsplit("/", 1)[-1]


def list_path(path: Path) -> StoredFile:
    """A file of this machine. Raises OSError where it is gone."""
    about = path.stat()
    return StoredFile(str(path), about.st_size, str(about.st_mtime_ns))


def open_at(path: str, position: int) -> BinaryIO:
    """The bytes of a file from some place on. Raises what the system or the store does."""
    if is_url(path):
        store, name = _store_of(path)
        file: BinaryIO = store.open(name, "rb")
    else:
        file = Path(path).open("rb")  # noqa: SIM115
    if position:
        file.seek(position)
    return file


def _store_of(url: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs

        store, path = url_to_fs(url)
    except ModuleNotFoundError as error:
        raise MissingExtraError("fsspec", extra="scale", needed_for=f"reading {url}") from error
    except ImportError as error:  # what fsspec says of a store whose library is missing
        raise FormatError(str(error), Place(url)) from error
    except ValueError as error:
        raise FormatError(f"no store of this kind is known: {error}", Place(url)) from error
    return store, path


def _mark(about: dict[str, Any]) -> str:
    # What stores have in place of a time of change.
    for key in ("ETag", "etag", "md5Hash", "LastModified", "mtime", "updated"):
        if about.get(key) is not None:
            return str(about[key])
    return ""
