"""Systems that annotate, timed in processes of their own."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from time import perf_counter
from typing import Protocol, TypeAlias

from bioweave.document import Document

Annotate: TypeAlias = Callable[[Sequence[Document]], Iterator[Document]]

# Libraries bring threads of their own; set before a process imports any.
_ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "BLIS_NUM_THREADS",
        "RAYON_NUM_THREADS",
    ),
    "1",
)


class System(Protocol):
    """Something that annotates; picklable, and loaded in the process that uses it."""

    @property
    def name(self) -> str:
        """What a table calls it."""

    def load(self) -> Annotate:
        """From documents to the same with mentions, in order, on one thread."""


def seconds_of(system: System, documents: Sequence[Document], n_processes: int) -> float:
    """How long so many processes take for the documents, each for its share, one processor each.

    The clock starts when all have loaded and warmed up, and stops when the last is done.
    """
    os.environ.update(_ONE_THREAD)
    context = multiprocessing.get_context("spawn")
    pairs = [context.Pipe() for _ in range(n_processes)]
    processes = [
        context.Process(target=_work, args=(theirs, system, documents[place::n_processes], place))
        for place, (_, theirs) in enumerate(pairs)
    ]
    for process in processes:
        process.start()
    ours = [pair[0] for pair in pairs]
    _hear_from_all(ours, processes)
    started = perf_counter()
    for connection in ours:
        connection.send("go")
    _hear_from_all(ours, processes)
    seconds = perf_counter() - started
    for process in processes:
        process.join()
    return seconds


def _hear_from_all(ours: Sequence[Connection], processes: Sequence[BaseProcess]) -> None:
    for connection, process in zip(ours, processes, strict=True):
        while not connection.poll(0.05):
            if not process.is_alive():
                raise RuntimeError(f"a process ended with status {process.exitcode}")
        connection.recv()


def _work(
    connection: Connection, system: System, documents: Sequence[Document], place: int
) -> None:
    _stay_on_a_processor(place)
    annotate = system.load()
    for _ in annotate(documents[: len(documents) // 10 + 1]):
        pass
    connection.send("ready")
    connection.recv()
    n_done = sum(1 for _ in annotate(documents))
    if n_done != len(documents):
        raise RuntimeError(f"{len(documents)} documents went in and {n_done} came out")
    connection.send("done")


def _stay_on_a_processor(place: int) -> None:
    """Where the system can say so: a process that prepares beside its thread has no second one."""
    if hasattr(os, "sched_setaffinity"):
        available = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {available[place % len(available)]})
