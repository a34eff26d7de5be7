"""Whether the service can do what it is there for."""

from __future__ import annotations

import asyncio
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bioweave.service.storage import Database

# Whoever asks more often gets the last answer: probes must not become a load.
_FRESH_SECONDS = 1.0
_WAIT_SECONDS = 3.0


class Readiness:
    """Looks at what lies outside the process: the folder for jobs, and the database."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder = folder
        self._database = database
        self._looking: asyncio.Task[str | None] | None = None
        self._problem: str | None = None
        self._looked_at = float("-inf")
        # Its own: a database or a disk that hangs takes no thread from those who work.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="readiness")

    def close(self) -> None:
        """End its thread."""
        self._thread.shutdown(wait=False)

    async def problem(self) -> str | None:
        """What is missing, in words; None where all is there."""
        if time.monotonic() - self._looked_at < _FRESH_SECONDS:
            return self._problem
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            async with asyncio.timeout(_WAIT_SECONDS):
                return await asyncio.shield(self._looking)
        except TimeoutError:
            return f"the database or the folder for jobs does not answer within {_WAIT_SECONDS:g} s"

    async def _look(self) -> str | None:
        loop = asyncio.get_running_loop()
        self._problem = await loop.run_in_executor(self._thread, self._found)
        self._looked_at = time.monotonic()
        return self._problem

    def _found(self) -> str | None:
        try:
            with tempfile.TemporaryFile(dir=self._folder) as file:
                file.write(b"?")
        except OSError as error:
            reason = error.strerror or type(error).__name__
            return f"the folder for jobs cannot be written: {reason}"
        try:
            self._database.ping()
        except SQLAlchemyError:
            return "the database does not answer"
        return None
