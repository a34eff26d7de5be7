"""The ids in a shard as numbers: the first pass over a run's files, from which versions follow."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bioweave.cluster.durable import write_durably
from bioweave.cluster.reading import Member, documents_of, read_part
from bioweave.cluster.shards import Shard
from bioweave.formats import Failure

Keys = npt.NDArray[np.uint64]

_PMID = re.compile(r"PMID:([1-9][0-9]{0,17})")
# Keys from here on are hashes: their ids are no PMIDs.
HASHED = 1 << 63
_HIGHEST_VERSION = 255


@dataclass(frozen=True, slots=True)
class Identities:
    """The keys of a shard's documents and deletions, in order, with the documents' versions.

    A deletion has version 0, which no document has. `checksums` are SHA-256 of the shard's parts.
    """

    keys: Keys
    versions: npt.NDArray[np.uint8]
    checksums: tuple[str, ...] = ()

    @property
    def n_documents(self) -> int:
        """How many of them are documents."""
        return int(np.count_nonzero(self.versions))

    def write(self, path: Path) -> None:
        """Into a file, in one step."""
        content = io.BytesIO()
        checksums = np.array(self.checksums, "U64")
        np.savez(content, keys=self.keys, versions=self.versions, checksums=checksums)
        write_durably(path, content.getvalue())

    @classmethod
    def are_at(cls, path: Path) -> bool:
        """Whether a file holds them whole."""
        try:
            cls.read(path)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return False
        return True

    @classmethod
    def read(cls, path: Path) -> Identities:
        """What `write` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls(arrays["keys"], arrays["versions"], tuple(arrays["checksums"].tolist()))


def key_of(document_id: str) -> int:
    """A number of 64 bits for an id: a PMID's own number, for any other a hash.

    Two of 37 million hashed ids are the same with a probability of 0.00008.
    """
    pmid = _PMID.fullmatch(document_id)
    if pmid is not None:
        return int(pmid[1])
    digest = hashlib.blake2b(document_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") | HASHED


def identify(shard: Shard) -> Identities:
    """The ids in a shard, as its documents have them when they are annotated.

    Raises UnreadableError and ChangedError.
    """
    keys, versions = [], []
    checksums: list[str] = []
    for part in shard.parts:
        for found in read_part(part, _identities_of, checksums):
            if not isinstance(found, Failure):
                keys.append(found[0])
                versions.append(found[1])
    return Identities(np.array(keys, np.uint64), np.array(versions, np.uint8), tuple(checksums))


def _identities_of(member: Member) -> Iterator[tuple[int, int] | Failure]:
    if member.format != "pubmed-xml":
        for found in documents_of(member):
            yield found if isinstance(found, Failure) else (key_of(found[1].id), 1)
        return
    from bioweave.formats.pubmed.citations import read_citations

    for citation in read_citations(member.target):
        version = min(max(citation.version, 1), _HIGHEST_VERSION)
        yield key_of(citation.id), 0 if citation.is_deletion else version
