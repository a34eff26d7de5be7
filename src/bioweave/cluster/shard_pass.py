"""One worker's way through one shard: what is read, what is left out, what failed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bioweave.cluster.annotation import Annotated, Refused, annotate, copy_of_tally, set_tally
from bioweave.cluster.counts import Counts
from bioweave.cluster.folder import RECORD, RunFolder
from bioweave.cluster.identity import HASHED, Identities, key_of
from bioweave.cluster.job import Job
from bioweave.cluster.part_stream import changed
from bioweave.cluster.reading import Found, read_shard
from bioweave.cluster.shard_output import ShardOutput
from bioweave.cluster.shards import Shard
from bioweave.cluster.tries import Tries
from bioweave.errors import InputError
from bioweave.formats import Failure
from bioweave.relating.tally import RelatingTally
from bioweave.whole_files import write_json

if TYPE_CHECKING:
    from bioweave.cluster.job import AnyAnnotator

_SECONDS_BETWEEN_SIGNS = 1.0


class ShardPass:
    """Reads, annotates and writes a shard, whose folder appears with the end of it."""

    def __init__(self, job: Job, shard: Shard, tries: Tries) -> None:
        self._job = job
        self._folder = RunFolder(job.out)
        self._shard = shard
        self._tries = tries
        self._identities = Identities.read(self._folder.identities(shard.number))
        self._counts = Counts()
        self._incomplete: list[dict[str, str]] = []
        self._n_dropped = 0
        self._last_sign = self._started = time.monotonic()

    def run(self, annotator: AnyAnnotator) -> dict[str, Any]:
        """Do it, and tell what its record does.

        Raises OSError where it cannot be written, UnreadableError, ChangedError for a file that has
        changed since its ids were read, SickWorkerError and MemoryError.
        """
        number = self._shard.number
        relates = self._job.settings.relations is not None
        set_tally(annotator, RelatingTally() if relates else None)
        with self._folder.writing(number) as fresh:
            with closing(ShardOutput(fresh, self._job.to, with_relations=relates)) as output:
                items = self._standing(output)
                for one in annotate(items, annotator, self._tries):
                    self._take(one, output)
                    self._give_sign()
            record = self._record(copy_of_tally(annotator))
            write_json(fresh / RECORD, record)
        self._folder.sign(number).unlink(missing_ok=True)
        return record

    def _take(self, one: Annotated | Refused, output: ShardOutput) -> None:
        found, reason = one.found, None
        if isinstance(one, Annotated):
            try:
                output.write(one.document, one.sentences)
            except InputError as error:
                if isinstance(error.__cause__, OSError):
                    raise  # a full disk: no other document will fare better
                reason = error.message
            else:
                self._counts.count(one.document, len(one.sentences), one.n_words)
        else:
            reason = one.reason
        if reason is not None:
            self._counts.n_failed += 1
            output.refuse(
                source=found.source,
                line=None,
                position=found.position,
                id=found.document.id,
                reason=reason,
                rest_of_file=False,
            )

    def _standing(self, output: ShardOutput) -> Iterator[Found]:
        """The documents that no newer version and no deletion drops.

        Every one that the first pass saw is among them, left out on purpose, or refused.
        """
        keys = self._identities.keys[self._identities.versions > 0]
        dropped = set(np.load(self._folder.dropped(self._shard.number)).tolist())
        refused: set[int] = set()
        checksums: list[str] = []
        position = -1
        for found in read_shard(self._shard, checksums):
            if isinstance(found, Failure):
                if found.document is not None:
                    refused.add(key_of(found.document))
                self._refuse_unread(found, position + 1, output)
                continue
            key, position = key_of(found.document.id), position + 1
            while position < len(keys) and keys[position] != key:
                self._miss(position, int(keys[position]), refused, output)
                position += 1
            if position >= len(keys):
                raise changed(found.source)
            if position not in dropped:
                yield replace(found, position=position)
            elif key >= HASHED:
                self._refuse_conflict(found, position, output)
            else:
                self._n_dropped += 1
        for place in range(position + 1, len(keys)):
            self._miss(place, int(keys[place]), refused, output)
        self._compare(checksums)

    def _compare(self, checksums: list[str]) -> None:
        before = self._identities.checksums
        for part, was, now in zip(self._shard.parts, before, checksums, strict=True):
            if was != now:
                raise changed(part.path)

    def _miss(self, position: int, key: int, refused: set[int], output: ShardOutput) -> None:
        """A document of the first pass that the reader made nothing of, which may be told already.

        If its file has changed, the shard is not kept.
        """
        if key in refused:
            return
        self._counts.n_failed += 1
        output.refuse(
            source=", ".join(part.path for part in self._shard.parts),
            line=None,
            position=position,
            id=f"PMID:{key}" if key < HASHED else None,
            reason="its id was read, and then the document could not be",
            rest_of_file=False,
        )

    def _refuse_conflict(self, found: Found, position: int, output: ShardOutput) -> None:
        self._counts.n_conflicts += 1
        output.refuse(
            source=found.source,
            line=None,
            position=position,
            id=found.document.id,
            reason="a later document of the run has the same id, and stands in its place",
            rest_of_file=False,
        )

    def _refuse_unread(self, failure: Failure, position: int, output: ShardOutput) -> None:
        self._counts.n_failed += 1
        if failure.ends_source:
            self._incomplete.append({"path": failure.source, "reason": failure.reason})
        output.refuse(
            source=failure.source,
            line=failure.line,
            position=position,
            id=failure.document,
            reason=failure.reason,
            rest_of_file=failure.ends_source,
        )

    def _give_sign(self) -> None:
        now = time.monotonic()
        if now - self._last_sign > _SECONDS_BETWEEN_SIGNS:
            self._last_sign = now
            write_json(self._folder.sign(self._shard.number), self._counts.as_json())

    def _record(self, tally: RelatingTally | None) -> dict[str, Any]:
        checksums = self._identities.checksums
        return {
            "number": self._shard.number,
            "inputs": [
                {
                    "path": part.path,
                    "start": part.start,
                    "end": part.end,
                    "row_groups": part.row_groups,
                    "members": part.members,
                    "sha256": checksum,
                }
                for part, checksum in zip(self._shard.parts, checksums, strict=True)
            ],
            **self._job.settings.as_json(),
            "to": self._job.to,
            "counts": self._counts.as_json(),
            "relating": tally.as_json() if tally is not None else None,
            "dropped": self._n_dropped,
            "incomplete": self._incomplete,
            "deaths": self._tries.n_deaths,
            "seconds": round(time.monotonic() - self._started, 3),
        }
