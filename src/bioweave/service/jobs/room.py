"""Room for what comes of jobs: in its job's bounds, its key's, the service's and the disk's."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from bioweave.service.settings import JobQuota
from bioweave.service.storage import Job, Usage


class ResultTooLong(Exception):  # noqa: N818 - it says what has happened
    """A job's result is longer than it may be: nothing but less to do would help."""


class NoRoom(Exception):  # noqa: N818 - it says what has happened
    """There is no room for any result now: once others are removed there is."""


class ResultRoom:
    """Looks before anything is written, so that results never fill the disk.

    `usage` tells what the jobs of each key take, as the database knows it.
    """

    def __init__(
        self, folder: Path, quota: JobQuota, usage: Callable[[], Mapping[str | None, Usage]]
    ) -> None:
        self._folder = folder
        self._quota = quota
        self._usage = usage

    def check(self, job: Job, at: int, more: int) -> None:
        """See whether a result that has `at` bytes, all of them noted, may have so many more.

        Raises ResultTooLong, NoRoom, and SQLAlchemyError where nobody can tell.
        """
        quota = self._quota
        if at + more > quota.result_bytes:
            raise ResultTooLong(
                f"its result would have more than {quota.result_bytes:,} bytes; put fewer "
                f"documents into one job"
            )
        used = {owner: one.n_bytes for owner, one in self._usage().items()}
        own = used.get(job.key_id, 0) + more
        if job.key_id is not None and own > quota.bytes_per_key:
            raise ResultTooLong(
                f"your jobs and their results would take more than {quota.bytes_per_key:,} bytes; "
                f"fetch results, remove them with DELETE /v1/jobs/ID, and leave this one again"
            )
        if sum(used.values()) + more > quota.bytes:
            raise NoRoom(f"the jobs of this service take all of {quota.bytes:,} bytes")
        self.check_disk(more)

    def check_disk(self, more: int) -> None:
        """Raises NoRoom where so many bytes more would leave the disk nearly full."""
        if shutil.disk_usage(self._folder).free - more < self._quota.free_bytes:
            raise NoRoom("the disk is nearly full")
