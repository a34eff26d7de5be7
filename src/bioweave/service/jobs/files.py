"""The texts of jobs and what came of them, in files that only their owner can read."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


class JobFiles:
    """A folder with a folder for each job: `upload`, and results as JSONL.

    Nothing in a name comes from a request: ids are made here.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def upload(self, job_id: str) -> Path:
        """What was sent."""
        return self.folder / job_id / "upload"

    def part(self, job_id: str, part: str) -> Path:
        """An attempt's result so far; what stands behind the length in the database does not count.

        Each attempt has a file of its own: one that was overtaken, and does not know it, writes
        where nobody reads.
        """
        return self.folder / job_id / f"result-{part}"

    def create_upload(self, job_id: str) -> BinaryIO:
        """A place for a new job, and the file for what is sent."""
        (self.folder / job_id).mkdir(mode=0o700)
        return self._made(self.upload(job_id))

    def close(self, file: BinaryIO) -> None:
        """Close a file once it is safely on the disk."""
        with file:
            file.flush()
            os.fsync(file.fileno())

    def begin_part(self, job_id: str, part: str, of: str | None, n_bytes: int) -> None:
        """A new attempt's file, with what an earlier one is known to have done."""
        path = self.part(job_id, part)
        try:
            with self._made(path) as file:
                if of is not None and n_bytes:
                    with self.part(job_id, of).open("rb") as earlier:
                        _copy(earlier, file, n_bytes)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            # On a full disk each attempt would leave another half of it.
            path.unlink(missing_ok=True)
            raise

    def append(self, job_id: str, part: str, at: int, content: bytes) -> int:
        """Put content at this place of the result; returns its end. It is on the disk then."""
        with self.part(job_id, part).open("r+b") as file:
            file.seek(at)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return at + len(content)

    def keep_parts(self, job_id: str, part: str) -> None:
        """Remove what earlier attempts wrote: this one has all of it."""
        for one in (self.folder / job_id).glob("result-*"):
            if one != self.part(job_id, part):
                one.unlink(missing_ok=True)

    def keep_only(self, job_id: str, part: str | None) -> None:
        """Remove all of a job but one part of its result."""
        kept = None if part is None else self.part(job_id, part)
        for one in (self.folder / job_id).glob("*"):
            if one != kept:
                one.unlink(missing_ok=True)

    def _made(self, path: Path) -> BinaryIO:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    def remove(self, job_id: str) -> None:
        """Everything of a job; nothing happens where there is nothing."""
        shutil.rmtree(self.folder / job_id, ignore_errors=True)

    def ages(self) -> dict[str, float]:
        """The jobs that have a place here, and for how many seconds nothing was written there.

        Jobs come and go meanwhile, here and in other processes: what is gone when it is looked at
        has no age.
        """
        now = time.time()
        ages = {}
        for one in self.folder.iterdir():
            with suppress(FileNotFoundError):
                if one.is_dir():
                    ages[one.name] = now - max(map(_written, (one, *one.glob("*"))))
        return ages


def _written(path: Path) -> float:
    return path.stat().st_mtime


def _copy(source: BinaryIO, target: BinaryIO, n_bytes: int) -> None:
    left = n_bytes
    while left:
        piece = source.read(min(left, 1 << 20))
        if not piece:
            raise OSError(f"the result is {left} bytes shorter than it was")
        target.write(piece)
        left -= len(piece)
