"""Processes that train side by side, and that never outlive the command that began them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait
from pathlib import Path
from typing import IO

from bioweave.errors import BioweaveError
from bioweave.experiments.runs.locks import enter_as_worker

# What a worker holds as long as it lives.
_held: list[IO[str]] = []


@contextmanager
def workers_in(folder: Path, jobs: int) -> Iterator[ProcessPoolExecutor]:
    """So many processes, which share this machine's threads, for work in one folder.

    Whatever ends the block early ends them as well, however far they are.
    """
    # Threads of libraries do not survive a fork.
    context = multiprocessing.get_context("spawn")
    before = set(multiprocessing.active_children())
    executor = ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=(folder, jobs))
    try:
        yield executor
    except BaseException as error:
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
        if isinstance(error, BrokenProcessPool):
            raise BioweaveError(
                "a process that trained died, perhaps for want of memory: try again with fewer "
                "--jobs; what was finished stays"
            ) from error
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _begin(folder: Path, jobs: int) -> None:
    """Settle in as one of `jobs` workers."""
    # Ctrl-C is the command's to hear.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _held.append(enter_as_worker(folder))
    threading.Thread(target=_end_with_parent, daemon=True).start()

    import torch

    torch.set_num_threads(max(1, torch.get_num_threads() // jobs))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None  # a worker was spawned
    wait([parent.sentinel])
    os._exit(1)
