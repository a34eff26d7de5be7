"""The documents of a shard, each with its place in it, and what could not be read.

Ids that files do not bring are made of a mark that no file can know of, and told by it; what a
file brings stays, whatever it looks like.
"""

from __future__ import annotations

import io
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, TypeVar

from bioweave.cluster.archives import DAMAGE, archive_kind, tar_members, zip_members
from bioweave.cluster.inputs import AUTO, format_by_name
from bioweave.cluster.part_stream import PartStream, UnreadableError, checksum_of
from bioweave.cluster.shards import Part, Shard
from bioweave.cluster.storage import is_url
from bioweave.document import Document
from bioweave.errors import BioweaveError, FormatError, InputError, Place
from bioweave.formats import Failure, read_documents
from bioweave.formats.detection import format_of_source
from bioweave.formats.folder import document_id
from bioweave.formats.source import open_source, stem_of

# What the ids are made of that a file does not bring, until its name takes the place.
_MADE = f"made-{secrets.token_hex(16)}"
# A missing id is an empty one there.
_WITHOUT_ID = ("bioc-xml", "bioc-json")
_HEAD = 1 << 16

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Found:
    """A document, its place among those of the shard that can be read, and its file."""

    position: int
    source: str
    document: Document


@dataclass(frozen=True, slots=True)
class Member:
    """What documents are read from: a file, a stretch of one, or a file in an archive.

    `source` is what messages call it, `stem` what ids are made of, `n_before` how many lines stand
    before it.
    """

    target: Path | BinaryIO
    source: str
    format: str
    stem: str
    n_before: int = 0
    row_groups: range | None = None


def read_shard(shard: Shard, checksums: list[str] | None = None) -> Iterator[Found | Failure]:
    """Everything in a shard, in order; the same each time, as long as its files are.

    What ends a file early is a failure with `ends_source`, and the next file follows. `checksums`
    takes the SHA-256 of each part's bytes, once they are read. Raises UnreadableError where a disk
    or network is to blame, and ChangedError.
    """
    position = 0
    for part in shard.parts:
        for found in read_part(part, documents_of, checksums):
            if isinstance(found, Failure):
                yield found
            else:
                source, document = found
                yield Found(position, source, document)
                position += 1


def read_part(
    part: Part,
    read: Callable[[Member], Iterator[Read | Failure]],
    checksums: list[str] | None = None,
) -> Iterator[Read | Failure]:
    """What is read of each member of a part; then its checksum is taken. Raises as `read_shard`."""
    if _is_by_path(part):
        with _at_hand(part) as path:
            yield from _read_by_path(part, path, read)
            checksum = checksum_of(part)
    else:
        with PartStream(part) as stream:
            yield from _with_failures(part, _members_of_stream(part, stream), read)
            checksum = stream.finish()
    if checksums is not None:
        checksums.append(checksum)


def documents_of(member: Member) -> Iterator[tuple[str, Document] | Failure]:
    """The documents of a member with its name, and what could not be read."""
    failures: list[Failure] = []

    def told() -> Iterator[Failure]:
        for failure in failures:
            line = None if failure.line is None else failure.line + member.n_before
            about, reason = failure.document, failure.reason.replace(_MADE, member.stem)
            if about is not None:
                about = _own_id(about, member)
            yield replace(failure, source=member.source, line=line, document=about, reason=reason)
        failures.clear()

    documents = read_documents(
        member.target,
        member.format,
        on_failure=failures.append,
        row_groups=member.row_groups,
        stem=_MADE,
    )
    for number, document in enumerate(documents, 1):
        yield from told()
        id_ = _own_id(document.id, member)
        if not id_ and member.format in _WITHOUT_ID:
            id_ = f"{member.stem}-{number}"
        yield member.source, document if id_ == document.id else replace(document, id=id_)
    yield from told()


def _own_id(found: str, member: Member) -> str:
    """The id as it is found, or where the file brings none the one that its name makes."""
    if member.format == "brat" or found == _MADE:
        return document_id(member.stem)
    head, _, number = found.rpartition("-")
    return f"{member.stem}-{int(number) + member.n_before}" if head == _MADE else found


def _is_by_path(part: Part) -> bool:
    """Whether its bytes are not read in order: there is an index, or a second file beside it."""
    kind = archive_kind(part.path)
    return kind == "zip" or (kind is None and part.format in ("parquet", "brat"))


def _read_by_path(
    part: Part, path: Path, read: Callable[[Member], Iterator[Read | Failure]]
) -> Iterator[Read | Failure]:
    for found in _with_failures(part, _members_at(part, path), read):
        # What reads by path does not say whether the file or the disk is to blame.
        if isinstance(found, Failure) and found.ends_source and not _recurs(found, part, path):
            raise UnreadableError(f"cannot be read: {found.reason}")
        yield found


def _recurs(failure: Failure, part: Part, path: Path) -> bool:
    checksum_of(part)
    again = _with_failures(part, _members_at(part, path), documents_of)
    return any(isinstance(one, Failure) and one.reason == failure.reason for one in again)


def _with_failures(
    part: Part, members: Iterator[Member], read: Callable[[Member], Iterator[Read | Failure]]
) -> Iterator[Read | Failure]:
    try:
        for member in members:
            yield from _read_to_the_end(member, read)
    except (UnreadableError, MemoryError):
        raise
    except (OSError, InputError) as error:  # an archive that is damaged, a file that went away
        reason = error.message if isinstance(error, InputError) else str(error)
        yield Failure(part.path, None, None, reason, ends_source=True)


def _read_to_the_end(
    member: Member, read: Callable[[Member], Iterator[Read | Failure]]
) -> Iterator[Read | Failure]:
    try:
        yield from read(member)
    except (OSError, MemoryError, BioweaveError):
        raise
    except Exception as error:
        # A defect of ours, or of a library; a long run must outlive it.
        reason = f"{type(error).__name__}: {error}"
        yield Failure(member.source, None, None, reason, ends_source=True)


def _members_at(part: Part, path: Path) -> Iterator[Member]:
    if archive_kind(part.path) == "zip":
        chosen = range(*part.members) if part.members is not None else None
        yield from _members_of_archive(part, zip_members(path, chosen))
        return
    groups = range(*part.row_groups) if part.row_groups is not None else None
    yield Member(path, part.path, part.format, part.stem, row_groups=groups)


def _members_of_stream(part: Part, stream: PartStream) -> Iterator[Member]:
    buffered: io.BufferedReader[Any] = io.BufferedReader(stream, _HEAD)
    try:
        if archive_kind(part.path) == "tar":
            yield from _members_of_archive(part, tar_members(buffered, part.path))
        else:
            format = _settled(part.format, part.path, buffered)
            yield Member(buffered, part.path, format, part.stem, part.n_before)
    finally:
        buffered.detach()  # or the stream would be closed with it


def _members_of_archive(part: Part, members: Iterator[tuple[str, BinaryIO]]) -> Iterator[Member]:
    is_empty = True
    for name, file in members:
        is_empty = False
        buffered: io.BufferedReader[Any] = io.BufferedReader(file, _HEAD)
        place = PurePosixPath(name)
        stem = f"{part.stem}/{place.with_name(stem_of(Path(place.name)))}"
        format = _settled(part.format, name, buffered)
        yield Member(buffered, f"{part.path}/{name}", format, stem)
    if is_empty:
        raise FormatError("no file with documents is in this archive", Place(part.path))


def _settled(format: str, name: str, stream: io.BufferedReader[Any]) -> str:
    """The format, by the name or the first bytes where it was left open; the stream stays."""
    if format != AUTO:
        return format
    by_name = format_by_name(name)
    if by_name != AUTO:
        return by_name
    suffix = PurePosixPath(name.lower().removesuffix(".gz")).suffix
    try:
        with open_source(io.BytesIO(stream.peek(_HEAD))) as source:
            return format_of_source(source)
    except (*DAMAGE, InputError, OSError):  # whoever reads it meets the same, and tells of it
        return {".txt": "text"}.get(suffix, AUTO)


@contextmanager
def _at_hand(part: Part) -> Iterator[Path]:
    """A part's file on this machine: itself, or a copy that lasts as long as it is needed."""
    if not is_url(part.path):
        yield Path(part.path)
        return
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bioweave-"))
        copy = Path(folder) / part.path.rsplit("/", 1)[-1]
        with PartStream(part) as stream, copy.open("wb") as file:
            try:
                shutil.copyfileobj(stream, file, 1 << 20)
            except OSError:
                if stream.error is None:
                    raise  # no room for the copy
            stream.finish()
        yield copy
