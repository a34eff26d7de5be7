"""The ids in a shard as numbers: the first pass over a run's files, from which versions follow."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bioweave.cluster.reading import Found, read_shard
from bioweave.cluster.shards import Part, Shard
from bioweave.cluster.storage import at_hand, opened
from bioweave.errors import InputError
from bioweave.whole_files import write_whole

Keys = npt.NDArray[np.uint64]

_PMID = re.compile(r"PMID:([1-9][0-9]{0,17})")
_HASHED = 1 << 63
_HIGHEST_VERSION = 255


@dataclass(frozen=True, slots=True)
class Identities:
    """The keys of a shard's documents and deletions, in order, with the documents' versions.

    A deletion has version 0, which no document has. `checksums` are SHA-256 of the shard's parts,
    empty for one that cannot be read.
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
        write_whole(path, content.getvalue())

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
    return int.from_bytes(digest, "little") | _HASHED


def identify(shard: Shard) -> Identities:
    """The ids in a shard, as its documents have them when they are annotated."""
    keys, versions = [], []
    for key, version in _identities(shard):
        keys.append(key)
        versions.append(version)
    checksums = tuple(map(_checksum_of, shard.parts))
    return Identities(np.array(keys, np.uint64), np.array(versions, np.uint8), checksums)


def _checksum_of(part: Part) -> str:
    digest = hashlib.sha256()
    try:
        with opened(part.path) as file:
            file.seek(part.start)
            left = part.end - part.start if part.end is not None else None
            while block := file.read(1 << 20 if left is None else min(left, 1 << 20)):
                digest.update(block)
                left = None if left is None else left - len(block)
    except (InputError, OSError):
        return ""
    return digest.hexdigest()


def _identities(shard: Shard) -> Iterator[tuple[int, int]]:
    if all(part.format == "pubmed-xml" for part in shard.parts):
        from bioweave.formats.pubmed.citations import read_citations

        for part in shard.parts:
            with at_hand(part.path) as path:
                for citation in read_citations(path):
                    version = min(max(citation.version, 1), _HIGHEST_VERSION)
                    yield key_of(citation.id), 0 if citation.is_deletion else version
        return
    for found in read_shard(shard):
        if isinstance(found, Found):
            yield key_of(found.document.id), 1
