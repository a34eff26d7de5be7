"""Workers that are processes of this machine; only the paths of shards go in, and counts come out.

A worker loads its bundle once and lives as long as the run. It ends with the process that began it,
however that ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from bioweave.cluster.gpus import VISIBLE
from bioweave.cluster.scheduling import Died
from bioweave.cluster.shards import Shard
from bioweave.cluster.work import Work, sendable

_OUT_OF_MEMORY = 137  # as when the system ends a process for it
_SECONDS_TO_END = 10.0


class LocalPool:
    """Processes, each known by its end of a pipe."""

    def __init__(self, gpus: Sequence[str] = ()) -> None:
        # ONNX Runtime's threads do not survive a fork.
        self._context = multiprocessing.get_context("spawn")
        self._processes: dict[Connection, BaseProcess] = {}
        self._gpus = gpus
        self._gpu_of: dict[Connection, str] = {}

    def start(self, work: Work) -> Connection:
        """A further process."""
        ours, theirs = self._context.Pipe()
        taken = list(self._gpu_of.values())
        gpu = min(self._gpus, key=taken.count) if self._gpus else None
        process = self._context.Process(target=_serve, args=(theirs, work, gpu), daemon=True)
        process.start()
        # The last copy is the worker's own, so that its death is seen here.
        theirs.close()
        self._processes[ours] = process
        if gpu is not None:
            self._gpu_of[ours] = gpu
        return ours

    def give(self, handle: Connection, shard: Shard) -> None:
        """Have a process do a shard."""
        # If it died, `hear` tells of it.
        with suppress(OSError):
            handle.send(shard)

    def hear(self) -> tuple[Connection, dict[str, Any] | BaseException | Died | None]:
        """The next one that tells something."""
        ready = wait(list(self._processes))
        handle = next(one for one in self._processes if one in ready)
        try:
            return handle, handle.recv()
        except (EOFError, OSError):
            process = self._processes[handle]
            process.join(_SECONDS_TO_END)
            return handle, Died(f"status {process.exitcode}")

    def end(self, handle: Connection) -> None:
        """Terminate it, and kill it if it does not listen."""
        process = self._processes.pop(handle)
        self._gpu_of.pop(handle, None)
        process.terminate()
        process.join(_SECONDS_TO_END)
        if process.is_alive():
            process.kill()
            process.join()
        handle.close()


def _serve(connection: Connection, work: Work, gpu: str | None = None) -> None:
    """A worker's life, with a GPU of its own."""
    if gpu is not None:  # before anything of CUDA is loaded
        os.environ[VISIBLE] = gpu
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it sees to its end
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        work.prepare()
        connection.send(None)
        while True:
            connection.send(work(connection.recv()))
    except (EOFError, BrokenPipeError):
        return
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    except Exception as error:
        connection.send(sendable(error))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        # Half a shard is no loss, and a new command must not find somebody at work.
        os._exit(1)
