"""One process or several: the same function either way."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import torch

from bioweave.errors import BioweaveError, ProcessError
from bioweave.training.processes import is_distributed, process_group, process_index

if TYPE_CHECKING:
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError


def launch(function: Callable[..., None], arguments: Sequence[Any], *, n_processes: int) -> None:
    """Call the function here, or in `n_processes` processes that know of each other.

    The function and its arguments must be picklable where there are several. A process that
    fails ends the others, and what bioweave raised in it on purpose is raised here. Raises
    ProcessError where one was killed.
    """
    if n_processes == 1 or is_distributed():
        function(*arguments)
        return
    from torch.distributed.elastic.multiprocessing.api import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    config = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=n_processes,
        rdzv_backend="c10d",
        rdzv_endpoint="127.0.0.1:0",
        run_id="bioweave",
        max_restarts=0,
        start_method="spawn",
    )
    with tempfile.TemporaryDirectory(prefix="bioweave-") as folder, _quiet_launcher():
        try:
            elastic_launch(config, _part)(function, n_processes, Path(folder), *arguments)
        except ChildFailedError as error:
            raise _cause(Path(folder), error, n_processes) from error
        except SignalException as error:
            if error.sigval == signal.SIGINT:
                raise KeyboardInterrupt from None
            raise SystemExit(128 + error.sigval) from None


def _part(function: Callable[..., None], n_processes: int, folder: Path, *arguments: Any) -> None:
    """The function in one of the processes, which leaves its error in a folder."""
    if "OMP_NUM_THREADS" not in os.environ:
        # `torchrun` would allow one; all of them in each process would get in each other's way.
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // n_processes))
    signal.signal(signal.SIGINT, _interrupt_once)
    try:
        with process_group():
            function(*arguments)
    except BioweaveError as error:
        Path(folder, f"{process_index()}.error").write_bytes(pickle.dumps(error))
        raise


def _interrupt_once(*_: object) -> NoReturn:
    # From a terminal it comes to all processes, and to each once more from the launcher.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _cause(folder: Path, failed: ChildFailedError, n_processes: int) -> Exception:
    """The error of the first process that left one, or what the launcher knows."""
    left = sorted(folder.glob("*.error"), key=lambda path: int(path.stem))
    if left:
        error: Exception = pickle.loads(left[0].read_bytes())
        return error
    rank, first = failed.get_first_failure()
    if first.exitcode < 0:
        name = signal.Signals(-first.exitcode).name
        return ProcessError(
            f"process {rank} of {n_processes} was killed ({name}; the system does that where "
            "memory runs out); --resume goes on from the last checkpoint"
        )
    return failed


@contextmanager
def _quiet_launcher() -> Iterator[None]:
    """Without the launcher's own report, which comes on top of the error."""
    logger = logging.getLogger("torch.distributed.elastic")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
