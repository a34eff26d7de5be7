"""Threads for what asks the database: a few, and nobody waits for them for ever."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import SQLAlchemyError

P = ParamSpec("P")
T = TypeVar("T")


class StorageBusy(SQLAlchemyError):  # noqa: N818 - it says what has happened
    """The database keeps so many waiting that nobody else is let in, or has not answered in time.

    What was asked for may be done later, all the same.
    """


class StorageThreads:
    """Runs what asks the database beside the event loop, `most` at a time.

    They are its own, so that a database which hangs takes no thread from anything else. Beyond
    `waiting` calls, and where one takes longer than `seconds`, StorageBusy is raised.
    """

    def __init__(self, most: int, *, waiting: int, seconds: float, name: str = "storage") -> None:
        self._most_waiting = waiting
        self._seconds = seconds
        self._n_calls = 0
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(most, thread_name_prefix=name)

    def close(self) -> None:
        """End the threads, once what they are at is done; what waits is not begun any more."""
        self._threads.shutdown(cancel_futures=True)

    async def __call__(self, function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """What the function returns."""
        if self._n_calls >= self._most_waiting:
            raise StorageBusy(f"{self._n_calls} wait for the database already")
        with self._lock:
            self._n_calls += 1
        call = self._threads.submit(partial(function, *args, **named))
        # Counted until its thread is free, however long ago its caller was told that it is late.
        call.add_done_callback(self._done)
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.wrap_future(call)
        except TimeoutError:
            raise StorageBusy(f"the database did not answer within {self._seconds:g} s") from None

    def _done(self, _: object) -> None:
        with self._lock:
            self._n_calls -= 1
