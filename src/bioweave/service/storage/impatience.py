"""PostgreSQL that is waited for so long and no longer: the one module that imports psycopg."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any, TypeVar

import psycopg

T = TypeVar("T")


def impatient(seconds: float) -> Callable[..., psycopg.Connection[Any]]:
    """What makes connections that give up on a server which says nothing for so long.

    A server's own timeouts are of no use once nothing of it arrives, and TCP's say nothing where
    something in between still acknowledges what is sent. Such a connection is closed: nobody knows
    any more what the server has done.
    """

    class Impatient(psycopg.Connection[Any]):
        def wait(self, gen: Generator[Any, Any, T], *args: Any, **named: Any) -> T:
            try:
                return super().wait(_until(gen, time.monotonic() + seconds), *args, **named)
            except TimeoutError:
                self.close()
                raise psycopg.OperationalError(
                    f"the database did not answer within {seconds:g} s"
                ) from None

    return Impatient.connect


def _until(gen: Generator[Any, Any, T], deadline: float) -> Generator[Any, Any, T]:
    """The same, but that it raises TimeoutError; psycopg comes by ten times a second."""
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not ready and time.monotonic() >= deadline:
                gen.close()
                raise TimeoutError
            wanted = gen.send(ready)
    except StopIteration as end:
        found: T = end.value
        return found
