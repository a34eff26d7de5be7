"""Room for jobs: how many may wait, and how much of the disk they may take."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from bioweave.service.problems import ProblemError
from bioweave.service.settings import JobQuota
from bioweave.service.storage import Usage

_RETRY_SECONDS = 60
# How much may be written between two looks at the disk.
_LOOK_EVERY = 8 * 2**20


class Upload:
    """One upload under way. Grow it before what has arrived is written."""

    def __init__(self, uploads: Uploads, owner: str | None, usage: dict[str | None, Usage]) -> None:
        self._uploads = uploads
        self._owner = owner
        self._usage = usage
        self._looked_at = 0
        self.n_bytes = 0

    def expect(self, n_bytes: int) -> None:
        """See whether so much, and its result, would fit, without keeping room for it.

        Raises as `grow` does.
        """
        self._uploads.check(self._owner, self._usage, n_bytes)
        self._uploads.look_at_disk(n_bytes)

    def renew(self, usage: dict[str | None, Usage]) -> None:
        """Look again at the end, with what the jobs take by then; raises as `grow` does."""
        self._usage = usage
        self.grow(0)

    def grow(self, n_bytes: int) -> None:
        """Take room for so much more, and for what will come of it.

        Raises ProblemError 507 where the owner's jobs, or all jobs, would take more of the disk
        than they may, or the disk is nearly full.
        """
        self._uploads.check(self._owner, self._usage, n_bytes)
        self.n_bytes += n_bytes
        self._uploads.arriving[self._owner] += n_bytes
        if self.n_bytes - self._looked_at >= _LOOK_EVERY:
            self._looked_at = self.n_bytes
            self._uploads.look_at_disk(n_bytes)


class Uploads:
    """All uploads under way in this process, and what the database knew of jobs as each began.

    Where several services share a database each adds its own uploads alone: together they may go
    beyond a quota by what arrives at the same moment, never by more than one upload each.
    """

    def __init__(self, folder: Path, quota: JobQuota) -> None:
        self._folder = folder
        self._quota = quota
        self.arriving: Counter[str | None] = Counter()
        self._n_uploads: Counter[str | None] = Counter()

    @contextmanager
    def upload(self, owner: str | None, usage: dict[str | None, Usage]) -> Iterator[Upload]:
        """An upload's room, until its job is in the database or it is given up.

        `usage` is what the jobs of each owner take as it begins. Raises ProblemError 429 where too
        many jobs wait already.
        """
        self._check_count(owner, usage)
        upload = Upload(self, owner, usage)
        self._n_uploads[owner] += 1
        try:
            yield upload
        finally:
            self._n_uploads[owner] -= 1
            self.arriving[owner] -= upload.n_bytes

    def check(self, owner: str | None, usage: dict[str | None, Usage], more: int) -> None:
        """Raises ProblemError 507 where so many bytes more are too many.

        507 and not 429: to come again soon would not help, to remove something would.
        """
        kept = {one: used.n_bytes + used.n_expected for one, used in usage.items()}
        everything = sum(kept.values()) + self._with_result(self.arriving.total() + more)
        if everything > self._quota.bytes:
            raise _insufficient(
                f"the jobs of this service would take {everything:,} bytes, of "
                f"{self._quota.bytes:,} that they may; try again once results have been removed"
            )
        own = kept.get(owner, 0) + self._with_result(self.arriving[owner] + more)
        if owner is not None and own > self._quota.bytes_per_key:
            raise _insufficient(
                f"your jobs and their results would take {own:,} bytes, of "
                f"{self._quota.bytes_per_key:,} that they may; fetch results, and remove them with "
                f"DELETE /v1/jobs/ID"
            )

    def look_at_disk(self, more: int) -> None:
        """Raises ProblemError 507 where so many bytes more would leave the disk nearly full."""
        free = shutil.disk_usage(self._folder).free
        if free - self._with_result(more) < self._quota.free_bytes:
            raise _insufficient("the disk is nearly full; try again later, or tell the operator")

    def _with_result(self, n_bytes: int) -> int:
        """How much an upload takes with what will come of it."""
        return n_bytes + int(n_bytes * self._quota.result_ratio)

    def _check_count(self, owner: str | None, usage: dict[str | None, Usage]) -> None:
        waiting = sum(used.n_unfinished for used in usage.values()) + self._n_uploads.total()
        if waiting >= self._quota.jobs:
            raise _too_many(f"{waiting:,} jobs wait here already;")
        own = usage[owner].n_unfinished if owner in usage else 0
        own += self._n_uploads[owner]
        if owner is not None and own >= self._quota.jobs_per_key:
            raise _too_many(f"{own:,} of your jobs wait already; put more documents into one, or")


def _too_many(found: str) -> ProblemError:
    return ProblemError(
        HTTPStatus.TOO_MANY_REQUESTS,
        f"{found} try again in {_RETRY_SECONDS} s",
        headers={"Retry-After": str(_RETRY_SECONDS)},
    )


def _insufficient(detail: str) -> ProblemError:
    return ProblemError(HTTPStatus.INSUFFICIENT_STORAGE, detail)
