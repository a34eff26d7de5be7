"""Room for bodies that arrive: all of them together hold no more memory than there is room for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from bioweave.service.admission.shares import Shares
from bioweave.service.problems import ProblemError

_RETRY_SECONDS = 2


class Room:
    """One body's part; it grows with what has arrived, declared or not, packed or not."""

    __slots__ = ("_all", "_owner", "n_bytes")

    def __init__(self, everything: Arriving, owner: str | None) -> None:
        self._all = everything
        self._owner = owner
        self.n_bytes = 0

    def cover(self, n_bytes: int) -> None:
        """Have room for so many bytes in all. Raises ProblemError 429 where there is none."""
        if n_bytes > self.n_bytes:
            is_alone = self._all.n_bytes == self.n_bytes
            self._all.grow(self._owner, n_bytes - self.n_bytes, is_alone=is_alone)
            self.n_bytes = n_bytes


class Arriving:
    """The bytes of all bodies that are read and not yet made into documents."""

    def __init__(self, most: int) -> None:
        self._shares = Shares(most)

    @property
    def n_bytes(self) -> int:
        """Of all bodies together."""
        return self._shares.total

    @contextmanager
    def body(self, owner: str | None = None) -> Iterator[Room]:
        """The room of a body that the holder of a key sends, for as long as it is in memory."""
        room = Room(self, owner)
        try:
            yield room
        finally:
            self._shares.give_back(owner, room.n_bytes)

    def grow(self, owner: str | None, n_bytes: int, *, is_alone: bool) -> None:
        """Take so much more. Raises ProblemError 429 where there is no room beside others."""
        # One that is longer by itself than all may be is bounded by what a body may be.
        if not is_alone and not self._shares.fits(owner, n_bytes):
            raise ProblemError(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"too many bodies arrive at once; try again in {_RETRY_SECONDS} s",
                headers={"Retry-After": str(_RETRY_SECONDS)},
            )
        self._shares.take(owner, n_bytes)
