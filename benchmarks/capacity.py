"""What all of PubMed takes on 1, 16, 256 ... workers, simulated with measured service times.

    python benchmarks/scale.py --json > scale.json
    python benchmarks/capacity.py scale.json [--run local:2] [--workers 1,16,256] [--json]

A worker takes the next shard when it has done one, as engines do. What was measured are the words
a worker annotates a second, the documents whose ids it reads a second, and what a run of one
document takes; sorting all ids, which the driver does alone, is measured here with as many
made-up ids. Shards are PubMed's files: 30,000 documents each, whose words vary from file to file.
What is not simulated: storage slower than the workers read, and machines slower than the one that
was measured.
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from bioweave.cluster.identity import Identities
from bioweave.cluster.versions import resolve_versions

DOCUMENTS = 37_000_000
DOCUMENTS_IN_FILE = 30_000
# Of a file's words: files are of a few days, and years differ in how many abstracts they have.
SPREAD = 0.25


@dataclass(frozen=True, slots=True)
class Service:
    """Measured: of a worker, and of the driver alone."""

    words_per_second: float
    ids_per_second: float
    fixed_seconds: float  # of a run of one document
    words_in_document: float
    seconds_to_sort: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What so many workers take; `efficiency` is against one worker that loses nothing."""

    workers: int
    hours: float
    efficiency: float
    idle_share: float  # of the workers' time in the second pass, waiting for the last shards


def main() -> None:
    """Simulate, and print."""
    options = _options()
    service = _service(json.loads(options.measured.read_text()), options)
    counts = [int(one) for one in options.workers.split(",")]
    plans = [plan(service, options.documents, one, options.documents_in_shard) for one in counts]
    if options.json:
        print(json.dumps({"service": asdict(service), "plans": [asdict(one) for one in plans]}))
    else:
        _print(service, plans)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").split("\n\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("measured", type=Path, help="what scale.py --json has printed")
    parser.add_argument("--run", default="local:2", help="which of its runs")
    parser.add_argument(
        "--words-per-second",
        type=float,
        help="of a worker of another kind, by `bioweave benchmark` (default: the run's)",
    )
    parser.add_argument("--workers", default="1,2,16,64,256,1024,4096")
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--documents-in-shard", type=int, default=DOCUMENTS_IN_FILE)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _service(measured: dict[str, Any], options: argparse.Namespace) -> Service:
    run = next(one for one in measured["runs"] if one["run"] == options.run)
    return Service(
        words_per_second=options.words_per_second or run["words"] / run["worker_seconds"],
        ids_per_second=measured["ids_per_second"],
        fixed_seconds=run["fixed_seconds"],
        words_in_document=run["words"] / measured["documents"],
        seconds_to_sort=_seconds_to_sort(options.documents, options.documents_in_shard),
    )


def _seconds_to_sort(n_documents: int, n_in_shard: int) -> float:
    """To find which of so many documents stand: one in a hundred is a second version."""
    chance = np.random.default_rng(13)
    with tempfile.TemporaryDirectory(prefix="bioweave-capacity-") as name:
        files = []
        for number, first in enumerate(range(0, n_documents, n_in_shard)):
            keys = np.arange(first, min(first + n_in_shard, n_documents), dtype=np.uint64)
            again = chance.random(len(keys)) < 0.01
            keys[again] = chance.integers(0, first + 1, int(again.sum()), dtype=np.uint64)
            path = Path(name, str(number))
            Identities(keys, np.ones(len(keys), np.uint8)).write(path)
            files.append((number, path))
        started = time.monotonic()
        resolve_versions(files)
        return time.monotonic() - started


def plan(service: Service, n_documents: int, n_workers: int, n_in_shard: int) -> Plan:
    """Both passes over the files, by so many workers."""
    spread = random.Random(13)
    words = [
        n_in_shard * service.words_in_document * spread.lognormvariate(-(SPREAD**2) / 2, SPREAD)
        for _ in range(math.ceil(n_documents / n_in_shard))
    ]
    first = _makespan([n_in_shard / service.ids_per_second] * len(words), n_workers)
    work = [one / service.words_per_second for one in words]
    second = _makespan(work, n_workers)
    seconds = service.fixed_seconds + first + service.seconds_to_sort + second
    alone = len(words) * n_in_shard / service.ids_per_second + sum(work)
    return Plan(
        workers=n_workers,
        hours=seconds / 3600,
        efficiency=alone / (seconds * n_workers),
        idle_share=1 - sum(work) / (second * n_workers),
    )


def _makespan(seconds: Sequence[float], n_workers: int) -> float:
    """Until the last of these is done, each taken by the worker that is free first."""
    free = [0.0] * n_workers
    for one in seconds:
        heapq.heappush(free, heapq.heappop(free) + one)
    return max(free)


def _print(service: Service, plans: Sequence[Plan]) -> None:
    console = Console(highlight=False)
    console.print(
        f"a worker: {service.words_per_second:,.0f} words/s, ids of "
        f"{service.ids_per_second:,.0f} documents/s, "
        f"{service.fixed_seconds:.1f} s for a run of one; "
        f"{service.words_in_document:.0f} words in a document; "
        f"{service.seconds_to_sort:.0f} s to sort all ids"
    )
    table = Table("workers", "hours", "efficiency", "idle in the second pass")
    for one in plans:
        table.add_row(
            f"{one.workers:,}",
            f"{one.hours:.2f}" if one.hours < 10 else f"{one.hours:,.0f}",
            f"{one.efficiency:.0%}",
            f"{one.idle_share:.0%}",
        )
    console.print(table)


if __name__ == "__main__":
    main()
