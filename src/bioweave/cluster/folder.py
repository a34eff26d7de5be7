"""The folder of a run: what is in it, and how a shard gets there whole or not at all.

OUT/
  manifest.json     inputs, shards, bundle and settings
  versions.json     how many documents there are, and how many a newer version or a deletion drops
  shard-00000/      documents.parquet, mentions.parquet, concepts.parquet (or documents.jsonl.gz),
                    quarantine.jsonl where something failed, and record.json
  report.json       once all shards are there
  quarantine.jsonl  all that failed, once all shards are there
  .work/            identities, tries and unfinished shards; gone once all shards are there
"""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bioweave.whole_files import read_json

MANIFEST = "manifest.json"
VERSIONS = "versions.json"
REPORT = "report.json"
QUARANTINE = "quarantine.jsonl"
RECORD = "record.json"
_SHARD = "shard-{:05d}"
_WORK = ".work"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Paths in the folder of a run."""

    path: Path

    @property
    def manifest(self) -> Path:
        """What the run is."""
        return self.path / MANIFEST

    @property
    def work(self) -> Path:
        """What only the run itself needs."""
        return self.path / _WORK

    def shard(self, number: int) -> Path:
        """The folder of a finished shard."""
        return self.path / _SHARD.format(number)

    def identities(self, number: int) -> Path:
        """The ids that the first pass found in a shard."""
        return self.work / "identities" / f"{number:05d}.npz"

    def dropped(self, number: int) -> Path:
        """Which of a shard's documents are left out."""
        return self.work / "dropped" / f"{number:05d}.npy"

    def tries(self, number: int) -> Path:
        """What became of earlier tries at a shard."""
        return self.work / "tries" / f"{number:05d}.json"

    def identity_tries(self, number: int) -> Path:
        """What became of earlier tries to read its ids."""
        return self.work / "tries" / f"{number:05d}-ids.json"

    def sign(self, number: int) -> Path:
        """How far the worker at a shard has come."""
        return self.work / "signs" / f"{number:05d}.json"

    def record(self, number: int) -> Any:
        """What a finished shard amounts to, None for one that is not finished."""
        return read_json(self.shard(number) / RECORD)

    def begin(self) -> None:
        """Make the folders there are to be; what a killed worker left half written goes."""
        shutil.rmtree(self.work / "writing", ignore_errors=True)
        shutil.rmtree(self.work / "signs", ignore_errors=True)
        for name in ("identities", "dropped", "tries", "signs", "writing"):
            (self.work / name).mkdir(parents=True, exist_ok=True)

    def clear(self) -> None:
        """Remove all that a run wrote, and nothing else; the manifest last."""
        for path in sorted(self.path.glob("shard-[0-9]*")):
            shutil.rmtree(path)
        for name in (REPORT, QUARANTINE, VERSIONS):
            (self.path / name).unlink(missing_ok=True)
        # Not the lock, which whoever clears holds.
        for path in self.work.glob("[!.]*"):
            shutil.rmtree(path)
        self.manifest.unlink(missing_ok=True)

    @contextmanager
    def writing(self, number: int) -> Iterator[Path]:
        """A fresh folder that becomes the shard's own, in one step, when the block ends well.

        Where another worker was first, its shard stays and this one goes: they are the same.
        """
        fresh = self.work / "writing" / f"{number:05d}-{uuid.uuid4().hex}"
        fresh.mkdir(parents=True)
        try:
            yield fresh
            for path in fresh.iterdir():
                _sync(path)
            try:
                fresh.rename(self.shard(number))
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                    raise
            else:
                _sync(self.path)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def _sync(path: Path) -> None:
    """What was written is on the disk, not on its way there."""
    if os.name == "nt":  # where folders cannot be opened
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
