"""One command at a time in a folder, and none beside the workers of one that was killed.

The system lets go of a lock when its process ends, however that ends.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bioweave.errors import ConfigurationError

_COMMAND = ".command.lock"
_WORKERS = ".workers.lock"
# Workers end a moment after their command: they listen for its end.
_SECONDS_FOR_WORKERS = 30.0


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """While it lasts no other command gets in. Raises ConfigurationError where one is there."""
    with (folder / _COMMAND).open("w") as command, (folder / _WORKERS).open("w") as workers:
        if not _locked(command, is_shared=False):
            raise ConfigurationError(f"{folder}: another command is at work here")
        waited_from = time.monotonic()
        while not _locked(workers, is_shared=False):
            if time.monotonic() - waited_from > _SECONDS_FOR_WORKERS:
                raise ConfigurationError(
                    f"{folder}: processes of an earlier command are still at work here; end them"
                )
            time.sleep(0.05)
        _unlock(workers)
        yield


def enter_as_worker(folder: Path) -> IO[str]:
    """What a worker holds as long as it lives."""
    workers = (folder / _WORKERS).open("w")
    while not _locked(workers, is_shared=True):
        time.sleep(0.05)
    return workers


if sys.platform == "win32":  # where whoever starts two commands has to know what they do

    def _locked(file: IO[str], *, is_shared: bool) -> bool:
        return True

    def _unlock(file: IO[str]) -> None:
        pass

else:
    import fcntl

    def _locked(file: IO[str], *, is_shared: bool) -> bool:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
