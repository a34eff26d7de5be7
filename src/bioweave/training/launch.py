"""One process or several: the same function either way."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import torch


def launch(function: Callable[..., None], arguments: Sequence[Any], *, n_processes: int) -> None:
    """Call the function here, or in `n_processes` processes that know of each other.

    The function and its arguments must be picklable where there are several. A process that
    fails ends the others, and its error is raised here.
    """
    if n_processes == 1 or is_distributed():
        function(*arguments)
        return
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
    elastic_launch(config, function)(*arguments)


def is_distributed() -> bool:
    """Whether this process is one of several, started here or by `torchrun`."""
    return "LOCAL_RANK" in os.environ


def is_main_process() -> bool:
    """Whether this process is the one that writes."""
    return int(os.environ.get("RANK", "0")) == 0


def from_main_process(make: Callable[[], Any]) -> Any:
    """What `make` gives in the main process, in all of them."""
    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        return make()
    box = [make() if is_main_process() else None]
    torch.distributed.broadcast_object_list(box, src=0)
    return box[0]
