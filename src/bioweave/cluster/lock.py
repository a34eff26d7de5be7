"""One run at a time in a folder; the system lets go of the lock however a process ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bioweave.errors import ConfigurationError

_NAME = ".lock"


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """While it lasts no other run gets in. Raises ConfigurationError where one is there."""
    with (folder / _NAME).open("w") as file:
        if sys.platform != "win32":  # there whoever starts two runs has to know what they do
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ConfigurationError(
                    f"{folder}: another run is at work here; wait for it, or write elsewhere"
                ) from error
        yield
