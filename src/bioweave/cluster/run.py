"""A large run from its files to its report, from wherever an earlier attempt left it."""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bioweave.cluster.counts import Counts
from bioweave.cluster.durable import write_durably, write_json_durably
from bioweave.cluster.engine import Engine
from bioweave.cluster.folder import QUARANTINE, REPORT, VERSIONS, RunFolder
from bioweave.cluster.inputs import list_inputs
from bioweave.cluster.job import DECIDING, Job
from bioweave.cluster.lock import alone_in
from bioweave.cluster.manifest import begin_or_go_on, manifest_of
from bioweave.cluster.progress import Ticking, Watcher
from bioweave.cluster.report import RunReport
from bioweave.cluster.shards import Shard, cut_shards
from bioweave.cluster.versions import resolve_versions
from bioweave.cluster.work import Annotating, Identifying
from bioweave.whole_files import read_json


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a shard holds where it can be cut, and how many failures end the run early."""

    documents_in_shard: int = 10_000
    max_failures: int | None = None


def run_at_scale(
    paths: Sequence[str],
    job: Job,
    engine: Engine,
    *,
    format: str = "auto",
    limits: Limits = Limits(),
    is_forced: bool = False,
    watcher: Watcher | None = None,
) -> RunReport:
    """Annotate everything in files, folders, patterns and URLs into the folder of a job.

    Shard after shard appears in it, whole. The same call goes on after whatever ended an earlier
    one, and takes up what a disk or a network kept from being read. Raises FormatError for inputs
    that are not there, ChangedError for those that change meanwhile, ConfigurationError for a
    folder that has another run, BundleError, and OSError where it cannot be written.
    """
    started = time.monotonic()
    inputs = list_inputs(paths, format, out=job.out)
    wanted = manifest_of(job, inputs, cut_shards(inputs, limits.documents_in_shard))
    job.out.mkdir(parents=True, exist_ok=True)
    folder = RunFolder(job.out)
    with alone_in(job.out):
        shards = begin_or_go_on(folder, wanted, is_forced=is_forced)
        run = _Run(job, folder, shards, engine, watcher or Watcher())
        run.annotate(limits.max_failures)
        return run.report(started)


class _Run:
    def __init__(
        self,
        job: Job,
        folder: RunFolder,
        shards: Sequence[Shard],
        engine: Engine,
        watcher: Watcher,
    ) -> None:
        self._job = job
        self._folder = folder
        self._shards = shards
        self._engine = engine
        self._watcher = watcher
        self._records: dict[int, dict[str, Any]] = {}
        self._left: list[dict[str, str]] = []
        wanted = {**job.settings.as_json(), "to": job.to}
        for shard in shards:
            record = folder.record(shard.number)
            if record is None:
                continue
            if all(record.get(key) == wanted[key] for key in DECIDING):
                self._records[shard.number] = record
            else:  # of a worker of another run, that outlived its driver
                folder.discard(shard.number)
        self._earlier = frozenset(self._records)
        self._is_stopped = self._is_interrupted = False

    def annotate(self, max_failures: int | None) -> None:
        left = [shard for shard in self._shards if shard.number not in self._records]
        if not left:
            return
        try:
            n_documents = self._resolve()
            if n_documents is None:
                return
            counts = self._counts()
            with Ticking(self._watcher, self._folder, len(self._shards), n_documents) as ticking:
                ticking.begin(len(self._records), counts)
                outcomes = self._engine.run(Annotating(self._job), left)
                try:
                    while not self._stopped_by(max_failures):
                        record = next(outcomes, None)
                        if record is None:
                            break
                        if "left" in record:
                            self._left += record["left"]
                            continue
                        self._records[record["number"]] = record
                        ticking.done(record["number"], Counts.from_json(record["counts"]))
                finally:
                    outcomes.close()
        except KeyboardInterrupt:
            self._is_interrupted = True

    def _resolve(self) -> int | None:
        """How many documents stand; which do not is written for each shard.

        None where a file cannot be read: what it replaces and deletes would not be known.
        """
        versions = read_json(self._folder.path / VERSIONS)
        numbers = [shard.number for shard in self._shards]
        if versions is not None and all(map(self._is_resolved, numbers)):
            return int(versions["standing"])
        with Ticking(self._watcher, self._folder, len(numbers), None) as ticking:
            for told in self._engine.run(Identifying(self._folder), self._shards):
                self._left += told.get("left", ())
                ticking.done(told["number"], Counts())
        if self._left:
            return None
        found = resolve_versions([(number, self._folder.identities(number)) for number in numbers])
        for number, positions in found.dropped.items():
            content = io.BytesIO()
            np.save(content, positions)
            write_durably(self._folder.dropped(number), content.getvalue())
        # Last, since it says that the others are there.
        write_json_durably(
            self._folder.path / VERSIONS,
            {
                "documents": found.n_documents,
                "replaced": found.n_replaced,
                "deleted": found.n_deleted,
                "conflicts": found.n_conflicts,
                "standing": found.n_standing,
            },
        )
        return found.n_standing

    def _is_resolved(self, number: int) -> bool:
        return self._folder.dropped(number).exists() and self._folder.identities(number).exists()

    def _counts(self) -> Counts:
        counts = Counts()
        for record in self._records.values():
            counts.add(Counts.from_json(record["counts"]))
        return counts

    def _stopped_by(self, max_failures: int | None) -> bool:
        self._is_stopped = max_failures is not None and self._counts().n_failed > max_failures
        return self._is_stopped

    def report(self, started: float) -> RunReport:
        records = [self._records[number] for number in sorted(self._records)]
        report = RunReport.of(
            records,
            n_shards=len(self._shards),
            earlier=self._earlier,
            versions=read_json(self._folder.path / VERSIONS) or {},
            seconds=time.monotonic() - started,
            is_stopped=self._is_stopped,
            is_interrupted=self._is_interrupted,
            left=self._left,
        )
        if report.is_complete:
            self._finish(report)
        return report

    def _finish(self, report: RunReport) -> None:
        path = self._folder.path
        if not (path / REPORT).exists():
            lines = (self._folder.shard(shard.number) / QUARANTINE for shard in self._shards)
            whole = b"".join(file.read_bytes() for file in lines if file.exists())
            write_durably(path / QUARANTINE, whole)
            write_json_durably(path / REPORT, report.as_json())
        shutil.rmtree(self._folder.work, ignore_errors=True)
