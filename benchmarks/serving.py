"""How much of a bundle's speed is left behind HTTP: many clients at a service on this machine.

    BIOWEAVE_CORPORA=... python benchmarks/serving.py [--clients 64] [--seconds 60] [--json]

A server of its own is started on the loopback interface, 64 clients post one document after the
other, and `bioweave benchmark` annotates the same documents in process before and after. Clients
and server share the processors, so what the clients cost is reported beside the throughput. The
best of three rounds counts. `--requests N` runs until so many are answered, for a look at memory.
Nothing else should run on the machine meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from bioweave.cli.benchmark_documents import benchmark_documents
from bioweave.cli.speed import count_words

_BIOWEAVE = [sys.executable, "-m", "bioweave.cli"]


@dataclass(slots=True)
class Round:
    """What the clients saw in one round."""

    n_words: int = 0
    seconds: float = 0.0
    client_seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    memory: list[int] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Figures; memory in MB, after the first tenth and at the end."""
        cuts = statistics.quantiles(self.latencies, n=20)
        return {
            "requests": len(self.latencies),
            "seconds": round(self.seconds, 2),
            "words_per_second": round(self.n_words / self.seconds),
            "milliseconds": {"median": round(cuts[9] * 1e3, 1), "p95": round(cuts[18] * 1e3, 1)},
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "client_processor_seconds": round(self.client_seconds, 2),
            "memory_mb": {
                "early": round(self.memory[len(self.memory) // 10] / 2**20, 1),
                "end": round(self.memory[-1] / 2**20, 1),
            },
        }


def main() -> None:
    """Measure, print."""
    options = _options()
    documents = benchmark_documents(options.corpus)[: options.documents]
    texts = [document.text for document in documents]
    words = [count_words([document]) for document in documents]
    in_process = [_in_process(options)]
    with _server(options.model) as url:
        rounds = [_clients(url, texts, words, options) for _ in range(options.rounds)]
    in_process.append(_in_process(options))
    figures = [one.to_json() for one in rounds]
    best = max(figures, key=lambda one: one["words_per_second"])
    result = {
        "model": options.model,
        "clients": options.clients,
        "in_process_words_per_second": [round(one) for one in in_process],
        "rounds": figures,
        "best": best,
        "ratio": round(best["words_per_second"] / max(in_process), 3),
    }
    print(json.dumps(result, indent=2)) if options.json else _print(result)
    if any(status >= "500" for one in figures for status in one["statuses"]):
        sys.exit("serving.py: the service failed")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").split("\n\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--model", default="default", help="a bundle's folder, or 'default'")
    parser.add_argument("--corpus", help="a corpus (its test split), a file or a folder")
    parser.add_argument("--documents", type=int, default=500, help="different ones at most")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each round")
    parser.add_argument("--requests", type=int, help="so many instead of seconds")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _in_process(options: argparse.Namespace) -> float:
    command = [*_BIOWEAVE, "benchmark", "--model", options.model, "--json"]
    if options.corpus:
        command += ["--corpus", options.corpus]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout)["words_per_second"])


@contextmanager
def _server(model: str) -> Iterator[str]:
    data = tempfile.mkdtemp(prefix="bioweave-serving-")
    command = [*_BIOWEAVE, "serve", "--model", model, "--port", "0", "--data", data]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()
            process.wait()
            shutil.rmtree(data)


def _clients(
    url: str, texts: Sequence[str], words: Sequence[int], options: argparse.Namespace
) -> Round:
    """A round, in a process of its own: its processor time is the clients' alone."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_round, args=(theirs, url, texts, words, options))
    process.start()
    # Closed here, or a process that dies would be waited for.
    theirs.close()
    seen: Round = ours.recv()
    process.join()
    return seen


def _round(answer: Any, *asked: Any) -> None:
    started = time.process_time()
    seen = asyncio.run(_ask(*asked))
    seen.client_seconds = time.process_time() - started
    answer.send(seen)


async def _ask(
    url: str, texts: Sequence[str], words: Sequence[int], options: argparse.Namespace
) -> Round:
    seen = Round()
    turn = cycle(range(len(texts)))
    limits = httpx.Limits(max_connections=options.clients)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=120) as client:
        await client.post("/v1/annotate", json={"text": texts[0]})
        started = time.perf_counter()
        deadline = started + options.seconds

        def is_over() -> bool:
            if options.requests:
                return bool(len(seen.latencies) >= options.requests)
            return bool(time.perf_counter() >= deadline)

        async def one_client() -> None:
            while not is_over():
                place = next(turn)
                sent = time.perf_counter()
                reply = await client.post("/v1/annotate", json={"text": texts[place]})
                seen.latencies.append(time.perf_counter() - sent)
                seen.statuses[reply.status_code] += 1
                seen.n_words += words[place] if reply.status_code == httpx.codes.OK else 0

        async def watch_memory() -> None:
            while True:
                metrics = (await client.get("/metrics")).text
                found = re.search(r"^process_resident_memory_bytes (\S+)$", metrics, re.MULTILINE)
                assert found is not None
                seen.memory.append(int(float(found[1])))
                await asyncio.sleep(1)

        watching = asyncio.create_task(watch_memory())
        await asyncio.gather(*(one_client() for _ in range(options.clients)))
        seen.seconds = time.perf_counter() - started
        watching.cancel()
    return seen


def _print(result: dict[str, Any]) -> None:
    table = Table("requests", "words/s", "median ms", "p95 ms", "statuses", "client CPU s", "MB")
    for one in result["rounds"]:
        table.add_row(
            f"{one['requests']:,}",
            f"{one['words_per_second']:,}",
            f"{one['milliseconds']['median']:,}",
            f"{one['milliseconds']['p95']:,}",
            ", ".join(f"{status}: {count:,}" for status, count in one["statuses"].items()),
            f"{one['client_processor_seconds']:,}",
            f"{one['memory_mb']['early']} to {one['memory_mb']['end']}",
        )
    console = Console()
    console.print(table)
    before, after = result["in_process_words_per_second"]
    console.print(
        f"{result['clients']} clients: {result['ratio']:.0%} of the {max(before, after):,} words/s "
        f"in process"
    )


if __name__ == "__main__":
    main()
