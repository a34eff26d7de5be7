"""What a run's processes know of each other, whoever started them.

`torchrun` and `accelerate launch` tell each process by its environment which one it is: `RANK` of
`WORLD_SIZE`, and `LOCAL_RANK` of `LOCAL_WORLD_SIZE` on its machine.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NoReturn, TypeVar

import torch
from torch import distributed

from bioweave.errors import ConfigurationError

T = TypeVar("T")
Item = TypeVar("Item")

# As `bioweave.cli.status` has it for a bad input.
_BAD_INPUT = 2
# The first process to exit has all others killed: the one that tells the error needs a little time.
_SECONDS_TO_TELL = 5.0

# For others that work alone for hours, on teachers' labels say, nobody stops to wait. One that died
# is noticed by whoever started it.
PATIENCE_SECONDS = 7 * 24 * 3600


def is_distributed() -> bool:
    """Whether this process is one of several, started here, by `torchrun` or by `accelerate`."""
    return "LOCAL_RANK" in os.environ


def is_main_process() -> bool:
    """Whether this process is the one that writes."""
    return process_index() == 0


def process_index() -> int:
    """Which one of the processes this is, from 0."""
    return int(os.environ.get("RANK", "0"))


def n_processes() -> int:
    """How many processes there are, on all machines together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


@contextmanager
def process_group() -> Iterator[None]:
    """Within it the processes can talk; it ends for all when the last of them comes to its end.

    A process that fails does not wait for the others: whoever started it ends them. Raises
    ConfigurationError where a machine has fewer GPUs than processes.
    """
    if not is_distributed() or distributed.is_initialized():
        yield
        return
    from accelerate import PartialState

    _check_gpus()
    PartialState(cpu=not torch.cuda.is_available(), timeout=timedelta(seconds=PATIENCE_SECONDS))
    yield
    if distributed.is_initialized():
        distributed.barrier()
        distributed.destroy_process_group()


def from_main_process(make: Callable[[], T]) -> T:
    """What `make` gives in the main process, in all of them.

    What it raises is raised there, and the others exit in silence.
    """
    if not distributed.is_initialized():
        return make()
    box: list[Any] = [None, False]
    raised: Exception | None = None
    if is_main_process():
        try:
            box[0] = make()
        # Whatever it is, the others wait for an answer.
        except Exception as error:
            box, raised = [None, True], error
    distributed.broadcast_object_list(box, src=0)
    if raised is not None:
        raise raised
    if box[1]:
        _leave_the_word()
    made: T = box[0]
    return made


def shared_out(work: Callable[[Sequence[Item]], Sequence[T]], items: Sequence[Item]) -> list[T]:
    """What `work` gives for each of the items, of which each process takes its share, in all."""
    if not distributed.is_initialized():
        return list(work(items))
    n_all = n_processes()
    shares: list[Any] = [None] * n_all
    distributed.all_gather_object(shares, list(work(items[process_index() :: n_all])))
    return [shares[place % n_all][place // n_all] for place in range(len(items))]


def require_same(make: Callable[[], str], what: str) -> None:
    """Raise ConfigurationError in the main process where `make` gives something else in others.

    The others exit in silence.
    """
    if not distributed.is_initialized():
        return
    values: list[Any] = [None] * n_processes()
    distributed.all_gather_object(values, make())
    others = [place for place, one in enumerate(values) if one != values[0]]
    if others and not is_main_process():
        _leave_the_word()
    if others:
        raise ConfigurationError(
            f"process {others[0]} has other {what} than process 0: recipe, corpora and bioweave "
            "must be the same on all machines"
        )


def _leave_the_word() -> NoReturn:
    """End without a word, once the main process has had its own."""
    time.sleep(_SECONDS_TO_TELL)
    raise SystemExit(_BAD_INPUT)


def _check_gpus() -> None:
    n_here = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    n_gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if 0 < n_gpus < n_here:
        raise ConfigurationError(
            f"{n_here} processes on a machine with {n_gpus} GPUs: start one for each GPU "
            f"(--nproc-per-node {n_gpus}), or hide the GPUs with CUDA_VISIBLE_DEVICES= to train "
            "on processors"
        )
