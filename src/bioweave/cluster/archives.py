"""Archives of documents (`.tar.gz`, `.zip`), read member by member and never unpacked to disk."""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal

from bioweave.errors import FormatError, Place
from bioweave.formats import FORMAT_TABLE

_TAR = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
DAMAGE = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError)
_NEVER_DOCUMENTS = ("readme", "license", "licence", "notice", "copying")
# Two of a pair, and an index at the end: these cannot be read out of a stream.
_NOT_IN_ARCHIVES = ("brat", "parquet", "html")
_SUFFIXES = frozenset(
    suffix
    for format in FORMAT_TABLE.values()
    if format.name not in _NOT_IN_ARCHIVES
    for suffix in format.suffixes
)


def archive_kind(path: str) -> Literal["tar", "zip"] | None:
    """What kind of archive a file's name says it is, None for none."""
    name = path.lower()
    if name.endswith(_TAR):
        return "tar"
    return "zip" if name.endswith(".zip") else None


def is_document(name: str) -> bool:
    """Whether a name is that of a file with documents, as for files in folders.

    >>> is_document("pubmed26n0001.xml.gz"), is_document("pubmed26n0001.xml.gz.md5")
    (True, False)
    """
    path = PurePosixPath(name.lower().removesuffix(".gz"))
    is_hidden = any(part.startswith((".", "__macosx")) for part in path.parts)
    return not is_hidden and path.suffix in _SUFFIXES and path.stem not in _NEVER_DOCUMENTS


def tar_members(stream: BinaryIO, path: str) -> Iterator[tuple[str, BinaryIO]]:
    """The names and bytes of the documents in a tar, packed or not, in its order.

    Raises FormatError where it is damaged, and what reading the stream does.
    """
    try:
        with tarfile.open(fileobj=stream, mode="r|*") as archive:
            for about in archive:
                member = archive.extractfile(about) if about.isfile() else None
                if member is not None and is_document(about.name):
                    yield about.name, member  # type: ignore[misc]  # a BufferedReader
    except DAMAGE as error:
        raise FormatError(f"the archive is damaged: {error}", Place(path)) from error


def zip_members(path: Path, chosen: range | None) -> Iterator[tuple[str, BinaryIO]]:
    """The names and bytes of a zip's documents, in its order; `chosen` are places among them.

    Raises FormatError where it is damaged or encrypted.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _documents_of(archive)
            for about in members if chosen is None else members[chosen.start : chosen.stop]:
                with archive.open(about) as member:
                    yield about.filename, member  # type: ignore[misc]  # a BufferedIOBase
    except (*DAMAGE, RuntimeError, NotImplementedError) as error:
        raise FormatError(f"the archive cannot be read: {error}", Place(str(path))) from error


def cut_zip(path: Path, n_bytes: int) -> Iterator[tuple[range, range]]:
    """Documents of about so many bytes together, by place, and the bytes of the file they take.

    Raises FormatError where it is no zip.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _documents_of(archive)
    except DAMAGE as error:
        raise FormatError(f"the archive is damaged: {error}", Place(str(path))) from error
    size = path.stat().st_size
    first = start = unpacked = 0
    for place, about in enumerate(members):
        unpacked += about.file_size
        is_last = place + 1 == len(members)
        if unpacked >= n_bytes or is_last:
            end = size if is_last else members[place + 1].header_offset
            yield range(first, place + 1), range(start, end)
            first, start, unpacked = place + 1, end, 0


def _documents_of(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    found = [one for one in archive.infolist() if not one.is_dir() and is_document(one.filename)]
    # As they lie in the file, so that a stretch of members is a stretch of bytes.
    return sorted(found, key=lambda one: one.header_offset)
