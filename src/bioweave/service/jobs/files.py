"""The texts of jobs and what came of them, in files that only their owner can read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import BinaryIO


class JobFiles:
    """A folder with a folder for each job: `upload`, and `result` as JSONL.

    Nothing in a name comes from a request: ids are made here.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def upload(self, job_id: str) -> Path:
        """What was sent."""
        return self.folder / job_id / "upload"

    def result(self, job_id: str) -> Path:
        """What came of it so far; what stands behind the length in the database does not count."""
        return self.folder / job_id / "result"

    def create_upload(self, job_id: str) -> BinaryIO:
        """A place for a new job, and the file for what is sent."""
        (self.folder / job_id).mkdir(mode=0o700)
        descriptor = os.open(self.upload(job_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        return os.fdopen(descriptor, "wb")

    def close(self, file: BinaryIO) -> None:
        """Close a file once it is safely on the disk."""
        with file:
            file.flush()
            os.fsync(file.fileno())

    def append(self, job_id: str, at: int, content: bytes) -> int:
        """Put content at this place of the result, and nothing behind it; returns its end.

        On the disk when this returns. What an earlier attempt left there is overwritten.
        """
        descriptor = os.open(self.result(job_id), os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            file.truncate(at)
            file.seek(at)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return at + len(content)

    def remove(self, job_id: str) -> None:
        """Everything of a job; nothing happens where there is nothing."""
        shutil.rmtree(self.folder / job_id, ignore_errors=True)

    def ids(self) -> set[str]:
        """The jobs that have a place here."""
        return {one.name for one in self.folder.iterdir() if one.is_dir()}
