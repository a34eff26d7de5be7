"""How much of a bundle's speed is left behind HTTP: many clients at a service on this machine.

    BIOWEAVE_CORPORA=... python benchmarks/serving.py [--clients 64] [--seconds 60] [--json]
    python benchmarks/serving.py --rounds 1 --requests 20000 --keyed     # does its memory grow?
    python benchmarks/serving.py --starts 3 --lexicon FILE               # is it quick and small?

A server of its own is started on the loopback interface, 64 clients post one document after the
other, and `bioweave benchmark` annotates the same documents in process before and after. Clients
and server share the processors, so what the clients cost is reported beside the throughput. The
best of three rounds counts. With `--keyed` the service asks for a key, which it is given, and its
monitor's page is asked for once a second; monitored it is in any case. Its resident memory is
noted before the first request and after each 1,000, over all rounds, with the slope of a line.
Nothing else should run on the machine meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import httpx
from memory_trend import EVERY, Trend
from rich.console import Console
from rich.table import Table
from server_process import BIOWEAVE, Server, running_server
from service_start import measured_starts

from bioweave.cli.benchmark_documents import benchmark_documents
from bioweave.cli.speed import count_words
from bioweave.document import Document


@dataclass(slots=True)
class Round:
    """What the clients saw in one round."""

    n_words: int = 0
    seconds: float = 0.0
    client_seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        """Figures."""
        cuts = statistics.quantiles(self.latencies, n=20)
        return {
            "requests": len(self.latencies),
            "seconds": round(self.seconds, 2),
            "words_per_second": round(self.n_words / self.seconds),
            "milliseconds": {"median": round(cuts[9] * 1e3, 1), "p95": round(cuts[18] * 1e3, 1)},
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "client_processor_seconds": round(self.client_seconds, 2),
        }


def main() -> None:
    """Measure, print."""
    options = _options()
    documents = benchmark_documents(options.corpus)[: options.documents]
    if options.starts:
        _print_starts(options, documents)
        return
    texts = [document.text for document in documents]
    words = [count_words([document]) for document in documents]
    in_process = [_in_process(options)]
    with running_server(options.model, lexicon=options.lexicon, is_keyed=options.keyed) as server:
        at_start = server.resident_bytes()
        after: list[int] = []
        rounds = []
        for _ in range(options.rounds):
            n_before = sum(len(one.latencies) for one in rounds)
            rounds.append(_clients(server, texts, words, options, n_before, after))
    in_process.append(_in_process(options))
    figures = [one.to_json() for one in rounds]
    best = max(figures, key=lambda one: one["words_per_second"])
    result = {
        "model": options.model,
        "documents": len(documents),
        "clients": options.clients,
        "keyed": options.keyed,
        "in_process_words_per_second": [round(one) for one in in_process],
        "rounds": figures,
        "best": best,
        "ratio": round(best["words_per_second"] / max(in_process), 3),
        "memory_mb": Trend(at_start, after).to_json(),
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
    parser.add_argument("--documents", type=int, help="different ones at most (default: all)")
    parser.add_argument("--lexicon", help="a compiled lexicon that the service is started with")
    parser.add_argument("--keyed", action="store_true", help="with keys, and its monitor watched")
    parser.add_argument("--starts", type=int, help="only measure so many starts")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each round")
    parser.add_argument("--requests", type=int, help="so many instead of seconds")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _in_process(options: argparse.Namespace) -> float:
    command = [*BIOWEAVE, "benchmark", "--model", options.model, "--json"]
    if options.corpus:
        command += ["--corpus", options.corpus]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout)["words_per_second"])


def _clients(
    server: Server,
    texts: Sequence[str],
    words: Sequence[int],
    options: argparse.Namespace,
    n_before: int,
    memory: list[int],
) -> Round:
    """A round, in a process of its own: its processor time is the clients' alone.

    What memory the server has after each 1,000 requests, `n_before` counted, is added to `memory`.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    asked = (server, texts, words, options, n_before)
    process = context.Process(target=_round, args=(theirs, *asked))
    process.start()
    # Closed here, or a process that dies would be waited for.
    theirs.close()
    seen: Round
    seen, found = ours.recv()
    process.join()
    memory += found
    return seen


def _round(answer: Any, *asked: Any) -> None:
    started = time.process_time()
    seen, memory = asyncio.run(_ask(*asked))
    seen.client_seconds = time.process_time() - started
    answer.send((seen, memory))


async def _ask(
    server: Server,
    texts: Sequence[str],
    words: Sequence[int],
    options: argparse.Namespace,
    n_before: int,
) -> tuple[Round, list[int]]:
    seen, memory = Round(), []
    turn = cycle(range(len(texts)))
    limits = httpx.Limits(max_connections=options.clients + 1)
    async with httpx.AsyncClient(
        base_url=server.url, headers=server.headers, limits=limits, timeout=120
    ) as client:
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
                if (n_before + len(seen.latencies)) % EVERY == 0:
                    memory.append(server.resident_bytes())

        async def watch() -> None:
            """What Prometheus does, and the monitor's page."""
            while options.keyed:
                for path in ("/metrics", "/v1/monitor"):
                    (await client.get(path)).raise_for_status()
                await asyncio.sleep(1)

        watching = asyncio.create_task(watch())
        await asyncio.gather(*(one_client() for _ in range(options.clients)))
        seen.seconds = time.perf_counter() - started
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    return seen, memory


def _print(result: dict[str, Any]) -> None:
    table = Table("requests", "words/s", "median ms", "p95 ms", "statuses", "client CPU s")
    for one in result["rounds"]:
        table.add_row(
            f"{one['requests']:,}",
            f"{one['words_per_second']:,}",
            f"{one['milliseconds']['median']:,}",
            f"{one['milliseconds']['p95']:,}",
            ", ".join(f"{status}: {count:,}" for status, count in one["statuses"].items()),
            f"{one['client_processor_seconds']:,}",
        )
    console = Console()
    console.print(table)
    before, after = result["in_process_words_per_second"]
    console.print(
        f"{result['clients']} clients: {result['ratio']:.0%} of the {max(before, after):,} words/s "
        f"in process"
    )
    memory = result["memory_mb"]
    looks = ", ".join(map(str, memory["after_each_1000"])) or "none"
    console.print(f"MB: {memory['at_start']} at the start; after each 1,000 requests: {looks}")
    if memory["growth"] is not None:
        console.print(
            f"by least squares {memory['slope_per_1000']:+} MB for 1,000 requests, "
            f"{memory['growth']:+.1%} over all of them"
        )


def _print_starts(options: argparse.Namespace, documents: list[Document]) -> None:
    result = measured_starts(
        options.model,
        options.lexicon,
        documents,
        n_starts=options.starts,
        is_keyed=options.keyed,
    )
    if options.json:
        print(json.dumps(result, indent=2))
        return
    for one in result["starts"]:
        print(
            f"ready in {one['seconds']} s with {one['ready_mb']} MB; {one['peak_mb']} MB at most "
            f"for {one['documents']} documents with {one['linked_mentions']:,} linked mentions"
        )


if __name__ == "__main__":
    main()
