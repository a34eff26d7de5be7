"""Large runs timed: engines and numbers of workers, on files like PubMed's.

    BIOWEAVE_CORPORA=... python benchmarks/scale.py [--documents 20000] [--shards 40] [--json]
    python benchmarks/scale.py --run local:2 --documents 200000 --shards 400     # for the record

Each run is the command itself, from its start to its end, reading, writing and loading included.
Its documents are held against those of the first run, and the memory of all its processes
together (their proportional share, Linux) is noted now and then. `bioweave benchmark` says what
the same bundle does with text that is at hand. Nothing else should run on the machine meanwhile.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pubmed_like import CORPORA, write_pubmed_like
from rich.console import Console
from rich.table import Table

from bioweave.cluster.identity import identify
from bioweave.cluster.inputs import list_inputs
from bioweave.cluster.shards import cut_shards
from bioweave.formats import read_documents

BIOWEAVE = [sys.executable, "-m", "bioweave.cli"]
RUNS = ("local:1", "local:2", "ray:2")


@dataclass(frozen=True, slots=True)
class Measured:
    """A run: `seconds` are wall clock; memory is the median MB of the first and the last tenth.

    A tenth of the time in which shards came out, all workers being at work; None if that was too
    short for a look. `worker_seconds` are all workers' together, while they annotate;
    `fixed_seconds` those of a run of one document.
    """

    run: str
    seconds: float
    words: int
    worker_seconds: float
    fixed_seconds: float
    documents_per_second: float
    words_per_second: float
    mb_first: float | None
    mb_last: float | None
    n_differing: int  # documents that the first run has otherwise


def main() -> None:
    """Measure, and print what came out."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="bioweave-scale-") as name:
        folder = Path(name)
        corpora = options.corpus or list(CORPORA)
        write_pubmed_like(folder / "in", options.documents, options.shards, corpora)
        write_pubmed_like(folder / "one", 1, 1, corpora)
        ids_per_second = _ids_per_second(folder / "in", options)
        measured: list[Measured] = []
        for run in options.run or RUNS:
            first = folder / (measured[0].run if measured else run)
            measured.append(_measure(run, folder, first, options))
    result = {
        "documents": options.documents,
        "shards": options.shards,
        "ids_per_second": ids_per_second,
        "benchmark_words_per_second": _benchmark(options) if not options.no_benchmark else None,
        "runs": [asdict(one) for one in measured],
    }
    print(json.dumps(result, indent=2)) if options.json else _print(result)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").split("\n\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--model", default="default", help="a bundle's folder, or 'default'")
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--shards", type=int, default=40)
    parser.add_argument("--corpus", action="append", help=f"(default: {', '.join(CORPORA)})")
    parser.add_argument("--run", action="append", help=f"ENGINE:N (default: {', '.join(RUNS)})")
    parser.add_argument("--no-benchmark", action="store_true", help="leave the comparison out")
    parser.add_argument("--seconds-between-looks", type=float, default=0.5, help="at the memory")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _ids_per_second(source: Path, options: argparse.Namespace) -> float:
    """What a run does first, by one worker: read which documents there are."""
    shards = cut_shards(list_inputs([str(source)]), options.documents // options.shards)
    started = time.monotonic()
    n_documents = sum(identify(shard).n_documents for shard in shards)
    return round(n_documents / (time.monotonic() - started))


def _measure(run: str, folder: Path, first: Path, options: argparse.Namespace) -> Measured:
    started = time.monotonic()
    one = _command(run, folder / "one", folder / f"{run}-one", options)
    subprocess.run(one, check=True, stdout=subprocess.DEVNULL)
    fixed_seconds = time.monotonic() - started
    out = folder / run
    command = _command(run, folder / "in", out, options)
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    looks: list[float] = []
    while process.poll() is None:
        # Only while shards come out: before that workers load, after that they go.
        if 0 < len(list(out.glob("shard-*"))) < options.shards:
            looks.append(megabytes_of(process.pid))
        time.sleep(options.seconds_between_looks)
    seconds = time.monotonic() - started
    if process.returncode:
        sys.exit(f"scale.py: {' '.join(command)} ended with {process.returncode}")
    report = json.loads(process.stdout.read() if process.stdout else "{}")
    tenth = max(1, len(looks) // 10)
    return Measured(
        run=run,
        seconds=round(seconds, 1),
        words=report["words"],
        worker_seconds=report["worker_seconds"],
        fixed_seconds=round(fixed_seconds, 1),
        documents_per_second=round(report["documents"] / seconds, 1),
        words_per_second=round(report["words"] / seconds),
        mb_first=round(statistics.median(looks[:tenth]), 1) if looks else None,
        mb_last=round(statistics.median(looks[-tenth:]), 1) if looks else None,
        n_differing=_differing(first, out),
    )


def _command(run: str, source: Path, out: Path, options: argparse.Namespace) -> list[str]:
    engine, _, n_workers = run.partition(":")
    command = [*BIOWEAVE, "annotate", str(source), "-o", str(out), "--json"]
    command += ["--engine", engine, "--workers", n_workers, "--model", options.model]
    # Files as small as those of a trial would share a shard otherwise.
    return [*command, "--shard-size", str(max(1, options.documents // options.shards))]


def megabytes_of(process: int) -> float:
    """The proportional share of memory of a process and all that it began."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    family = {process}
    while added := {one for one, parent in parents.items() if parent in family} - family:
        family |= added
    return sum(map(_share, family)) / 1024


def _share(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _differing(first: Path, out: Path) -> int:
    """Documents of which the two runs differ by more than 1e-5 in a confidence."""
    if first == out:
        return 0
    n_differing = 0
    for path in sorted(first.glob("shard-*/documents.parquet")):
        theirs = {one.id: one for one in read_documents(out / path.relative_to(first))}
        for document in read_documents(path):
            other = theirs.pop(document.id, None)
            n_differing += (
                other is None
                or not all(
                    left.span == right.span
                    and left.label == right.label
                    and abs((left.confidence or 0) - (right.confidence or 0)) <= 1e-5
                    for left, right in zip(document.mentions, other.mentions, strict=False)
                )
                or len(document.mentions) != len(other.mentions)
            )
        n_differing += len(theirs)
    return n_differing


def _benchmark(options: argparse.Namespace) -> float:
    command = [*BIOWEAVE, "benchmark", "--model", options.model, "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return round(float(json.loads(done.stdout)["words_per_second"]))


def _print(result: dict) -> None:
    console = Console()
    runs: Sequence[dict] = result["runs"]
    table = Table("run", "s", "documents/s", "words/s", "times the first", "MB", "differing")
    for one in runs:
        table.add_row(
            one["run"],
            f"{one['seconds']:.1f}",
            f"{one['documents_per_second']:.1f}",
            f"{one['words_per_second']:,}",
            f"{one['words_per_second'] / runs[0]['words_per_second']:.2f}",
            "-" if one["mb_first"] is None else f"{one['mb_first']:.0f} -> {one['mb_last']:.0f}",
            str(one["n_differing"]),
        )
    console.print(table)
    if result["benchmark_words_per_second"]:
        console.print(f"bioweave benchmark: {result['benchmark_words_per_second']:,} words/s")


if __name__ == "__main__":
    main()
