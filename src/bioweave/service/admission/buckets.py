"""How much a client may still take: token buckets for many clients.

`limits`, the library that does this for most, has windows: a fixed one lets twice its quota through
where two meet, a moving one keeps an entry for everything that is counted, which of characters
would be millions, and its memory grows with the clients that ask. A bucket is one number a client.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_N_CLIENTS = 10_000


@dataclass(frozen=True, slots=True)
class Draught:
    """What came of taking from a bucket.

    `left` is how much may be taken at once now; `full_after` are the seconds until all of it may be
    again, `wait` those until what was refused would be given, 0 where it was not.
    """

    is_given: bool
    left: int
    full_after: float
    wait: float


class Buckets:
    """A bucket for each client: `capacity` at once, filled again at `rate` a second.

    Between two moments t seconds apart a client is given at most max(capacity, its largest piece) +
    rate * t. A piece above the capacity is given to a full bucket alone, and is paid for after: a
    long document is not refused for ever.

    Of each client the moment is kept at which its bucket is full (the generic cell rate algorithm,
    ITU-T I.371). The table is bounded: beyond `most` clients the one that was longest away is
    forgotten, as if its bucket were full.
    """

    def __init__(
        self,
        capacity: float,
        rate: float,
        *,
        most: int = _N_CLIENTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.capacity = capacity
        self.rate = rate
        self._most = most
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, client: str, amount: float = 1) -> Draught:
        """Take so much from the client's bucket, all of it or nothing."""
        now = self._clock()
        missing = self._missing(client, now)
        wait = (missing + min(amount, self.capacity) - self.capacity) / self.rate
        # A whole token may be a billionth short of one.
        is_given = wait <= 1e-9
        if is_given:
            missing += amount
            self._full_at[client] = now + missing / self.rate
            self._full_at.move_to_end(client)
            while len(self._full_at) > self._most:
                self._full_at.popitem(last=False)
        return self._draught(missing, is_given, wait)

    def give_back(self, client: str, amount: float = 1) -> None:
        """Put back what was taken, as if it had not been."""
        if client in self._full_at:
            self._full_at[client] -= amount / self.rate

    def look(self, client: str) -> Draught:
        """What taking nothing would tell, but that `is_given` says whether there is one token."""
        missing = self._missing(client, self._clock())
        wait = (missing + min(1, self.capacity) - self.capacity) / self.rate
        return self._draught(missing, wait <= 1e-9, wait)

    def _missing(self, client: str, now: float) -> float:
        return max(0.0, (self._full_at.get(client, now) - now) * self.rate)

    def _draught(self, missing: float, is_given: bool, wait: float) -> Draught:
        left = max(0, math.floor(self.capacity - missing + 1e-6))
        return Draught(is_given, left, missing / self.rate, 0.0 if is_given else wait)
