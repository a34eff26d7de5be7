"""What the processes of a test do; in a module that each of them can import."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from bioweave.errors import ConfigurationError
from bioweave.training.processes import (
    from_main_process,
    is_main_process,
    n_processes,
    process_index,
    require_same,
    shared_out,
)


def squares(numbers: Sequence[int]) -> list[int]:
    """Each number's."""
    return [number**2 for number in numbers]


def talk(folder: Path) -> None:
    """Leave in a file what this process heard."""
    require_same(lambda: "the same", "word")
    found = {
        "made": from_main_process(lambda: [process_index(), n_processes()]),
        "squares": shared_out(squares, range(5)),
        "none": shared_out(squares, []),
    }
    (folder / f"{process_index()}.json").write_text(json.dumps(found))


def fail(how: str) -> None:
    """Fail in one of them, while the others wait for it."""
    if how == "killed" and not is_main_process():
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "other" and not is_main_process():
        raise ConfigurationError("what only another process can see")
    if how == "differ":
        require_same(lambda: str(process_index()), "training data")

    def make() -> None:
        if how == "main":
            raise ConfigurationError("what only the main process can see")

    for _ in range(1000):
        from_main_process(make)
        time.sleep(0.01)
