"""What a run comes to in the end, whatever interrupted it on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bioweave.cluster.counts import Counts
from bioweave.relating.tally import RelatingTally


@dataclass(frozen=True, slots=True)
class RunReport:
    """Counts over all shards that are there; `incomplete` are files that are not whole.

    `left` are those that could not be read this time, which the same run takes up another time.
    `tally` is of what finding relations could not read as it stands.
    `n_earlier` shards were there before; `seconds` are this attempt's, `worker_seconds` those that
    workers spent on the shards, over all attempts.
    """

    counts: Counts
    n_shards: int
    n_done: int
    n_earlier: int
    n_replaced: int
    n_deleted: int
    incomplete: tuple[dict[str, str], ...]
    seconds: float
    worker_seconds: float
    documents_now: int
    words_now: int
    is_stopped: bool
    is_interrupted: bool
    left: tuple[dict[str, str], ...] = ()
    tally: RelatingTally = field(default_factory=RelatingTally)

    @classmethod
    def of(
        cls,
        records: Sequence[dict[str, Any]],
        *,
        n_shards: int,
        earlier: frozenset[int],
        versions: dict[str, int],
        seconds: float,
        is_stopped: bool,
        is_interrupted: bool,
        left: Sequence[dict[str, str]] = (),
    ) -> RunReport:
        """The report of these shards' records; `earlier` are the numbers that were there before."""
        counts, now, tally = Counts(), Counts(), RelatingTally()
        for record in records:
            one = Counts.from_json(record["counts"])
            counts.add(one)
            if record.get("relating") is not None:
                tally.add(RelatingTally.from_json(record["relating"]))
            if record["number"] not in earlier:
                now.add(one)
        return cls(
            counts=counts,
            n_shards=n_shards,
            n_done=len(records),
            n_earlier=len(earlier),
            n_replaced=versions.get("replaced", 0),
            n_deleted=versions.get("deleted", 0),
            incomplete=tuple(one for record in records for one in record["incomplete"]),
            seconds=seconds,
            worker_seconds=sum(record["seconds"] for record in records),
            documents_now=now.n_documents,
            words_now=now.n_words,
            is_stopped=is_stopped,
            is_interrupted=is_interrupted,
            left=tuple(left),
            tally=tally,
        )

    @property
    def is_complete(self) -> bool:
        """Whether every shard is there."""
        return self.n_done == self.n_shards

    def as_json(self) -> dict[str, Any]:
        """The report as `--json` prints it."""
        return {
            **self.counts.as_json(),
            "replaced": self.n_replaced,
            "deleted": self.n_deleted,
            "shards": self.n_shards,
            "shards_done": self.n_done,
            "shards_done_earlier": self.n_earlier,
            "incomplete": list(self.incomplete),
            "left": list(self.left),
            "complete": self.is_complete,
            "stopped": self.is_stopped,
            "interrupted": self.is_interrupted,
            "seconds": round(self.seconds, 3),
            "worker_seconds": round(self.worker_seconds, 3),
            "documents_per_second": round(self.documents_now / max(self.seconds, 1e-9), 2),
            "words_per_second": round(self.words_now / max(self.seconds, 1e-9), 1),
        }
