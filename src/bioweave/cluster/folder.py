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
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bioweave.cluster.durable import sync
from bioweave.whole_files import read_json

MANIFEST = "manifest.json"
VERSIONS = "versions.json"
REPORT = "report.json"
QUARANTINE = "quarantine.jsonl"
RECORD = "record.json"
DOCUMENTS = ("documents.parquet", "documents.jsonl.gz")
_SHARD = "shard-{:05d}"
_SHARD_NAME = re.compile(r"shard-[0-9]{5,}")
_WORK = ".work"


def is_of_run(name: str) -> bool:
    """Whether something in the folder of a run is what the run wrote, by its name."""
    return name in (MANIFEST, VERSIONS, REPORT, QUARANTINE, _WORK) or bool(
        _SHARD_NAME.fullmatch(name)
    )


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

    @property
    def changed(self) -> Path:
        """There once an input was found to be another than when the run began."""
        return self.work / "changed.json"

    def record(self, number: int) -> Any:
        """What a finished shard amounts to, None for one that is not finished."""
        shard = self.shard(number)
        if not any((shard / name).is_file() for name in DOCUMENTS):
            return None
        return read_json(shard / RECORD)

    def discard(self, number: int) -> None:
        """Take a shard away that is not this run's."""
        self._put_aside(number)

    def begin(self) -> None:
        """Make the folders there are to be; what a killed worker left half written goes."""
        self._stop_writing()
        shutil.rmtree(self.work / "signs", ignore_errors=True)
        for name in ("identities", "dropped", "tries", "signs", "writing"):
            (self.work / name).mkdir(parents=True, exist_ok=True)

    def clear(self) -> None:
        """Remove all that a run wrote, and nothing else; the manifest last."""
        # First, so that no worker that outlived its driver adds a shard to what comes.
        self._stop_writing()
        for path in sorted(self.path.glob("shard-*")):
            if _SHARD_NAME.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
        for name in (REPORT, QUARANTINE, VERSIONS):
            (self.path / name).unlink(missing_ok=True)
        # Not the lock, which whoever clears holds.
        for path in self.work.glob("[!.]*"):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        self.manifest.unlink(missing_ok=True)

    def _stop_writing(self) -> None:
        shutil.rmtree(self.work / "writing", ignore_errors=True)

    @contextmanager
    def writing(self, number: int) -> Iterator[Path]:
        """A fresh folder that becomes the shard's own, in one step, when the block ends well.

        Where another worker was first, its shard stays and this one goes: they are the same.
        """
        fresh = self.work / "writing" / f"{number:05d}-{uuid.uuid4().hex}"
        fresh.mkdir(parents=True)
        try:
            yield fresh
            for path in (*fresh.iterdir(), fresh):
                sync(path)
            while not self._take_place(fresh, number):
                self._put_aside(number)
            sync(self.path)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def _take_place(self, fresh: Path, number: int) -> bool:
        """Whether the shard is there now, by this worker or by another one."""
        try:
            fresh.rename(self.shard(number))
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise
            return self.record(number) is not None
        return True

    def _put_aside(self, number: int) -> None:
        """A shard without a record is none: what it holds goes when the run goes on or ends."""
        aside = self.work / "writing" / f"{number:05d}-aside-{uuid.uuid4().hex}"
        with suppress(FileNotFoundError):  # another worker was quicker
            self.shard(number).rename(aside)
