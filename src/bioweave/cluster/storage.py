"""Files on this machine and in object stores: listed, opened, known by size and age.

A URL such as `s3://bucket/folder` goes through fsspec; a path does not need it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
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


def list_url(url: str) -> list[StoredFile]:
    """The files behind a URL: one, all in a folder, or those that a pattern with `*` matches.

    Raises FormatError where there are none and MissingExtraError without fsspec or the library that
    this kind of store needs.
    """
    store, path = _store_of(url)
    try:
        if "*" in path:
            found = store.glob(path, detail=True)
        elif store.isdir(path):
            found = store.find(path, detail=True)
        else:
            found = {path: store.info(path)}
    except OSError as error:
        raise FormatError(f"cannot be listed: {error}", Place(url)) from error
    files = [
        StoredFile(str(store.unstrip_protocol(name)), int(about["size"] or 0), _mark(about))
        for name, about in sorted(found.items())
        if about["type"] == "file"
    ]
    if not files:
        raise FormatError("no files there", Place(url))
    return files


def list_path(path: Path) -> StoredFile:
    """A file of this machine. Raises OSError where it is gone."""
    about = path.stat()
    return StoredFile(str(path), about.st_size, str(about.st_mtime_ns))


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """The bytes of a file, wherever it is; they can be sought in."""
    store, name = _store_of(path) if is_url(path) else (None, path)
    with ExitStack() as stack:
        try:
            file = Path(name).open("rb") if store is None else store.open(name, "rb")  # noqa: SIM115
            stack.enter_context(file)
        except OSError as error:
            reason = error.strerror or str(error)
            raise FormatError(f"cannot be opened: {reason}", Place(path)) from error
        yield file


@contextmanager
def at_hand(path: str) -> Iterator[Path]:
    """The file on this machine: itself, or a copy that lasts as long as it is needed."""
    if not is_url(path):
        yield Path(path)
        return
    with tempfile.TemporaryDirectory(prefix="bioweave-") as folder, opened(path) as remote:
        copy = Path(folder) / path.rsplit("/", 1)[-1]
        with copy.open("wb") as file:
            shutil.copyfileobj(remote, file, 1 << 20)
        yield copy


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
