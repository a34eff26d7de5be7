"""How much each client may ask for in a minute, and the header fields that tell it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from bioweave.service.admission.buckets import Buckets, Draught
from bioweave.service.problems import ProblemError

_MINUTE = 60


class Standing:
    """Where one client stands with its limits; changes while its request is answered.

    Its header fields are those of draft-ietf-httpapi-ratelimit-headers-10: `q` is what may be asked
    for in `w` seconds, `r` what is left of it, `t` the seconds until all is there again.
    """

    __slots__ = ("_buckets", "_draughts", "client")

    def __init__(self, client: str, buckets: dict[str, Buckets]) -> None:
        self.client = client
        self._buckets = buckets
        self._draughts: dict[str, Draught] = {}

    def take(self, what: str, amount: int = 1) -> None:
        """Take so many "requests" or "characters". Raises ProblemError 429 where they are gone."""
        draught = self._take(what, amount)
        if draught is not None and not draught.is_given:
            raise _too_many(what, self._buckets[what], draught)

    @contextmanager
    def paying(self, what: str, amount: int) -> Iterator[None]:
        """Take so much for what is done inside, and give it back where that is refused with 429.

        Raises ProblemError 429 where it is gone.
        """
        self.take(what, amount)
        try:
            yield
        except ProblemError as problem:
            if problem.status == HTTPStatus.TOO_MANY_REQUESTS:
                self.give_back(what, amount)
            raise

    def give_back(self, what: str, amount: int) -> None:
        """Put back what was taken: nothing came of it, and not by the client's fault."""
        buckets = self._buckets.get(what)
        if buckets is not None:
            buckets.give_back(self.client, amount)
            self._draughts.pop(what, None)

    async def wait_for(self, what: str, amount: int) -> None:
        """Take so much as soon as it is there: for a stream, whose next part can wait."""
        while (draught := self._take(what, amount)) is not None and not draught.is_given:
            await asyncio.sleep(draught.wait)

    def _take(self, what: str, amount: int) -> Draught | None:
        buckets = self._buckets.get(what)
        if buckets is None:
            return None
        draught = self._draughts[what] = buckets.take(self.client, amount)
        return draught

    def header_fields(self) -> dict[str, str]:
        """What the answer tells of it; nothing where there are no limits."""
        if not self._buckets:
            return {}
        now = {what: self._draughts.get(what) for what in self._buckets}
        seen = {what: one or self._buckets[what].look(self.client) for what, one in now.items()}
        return {
            "RateLimit-Policy": ", ".join(
                f'"{what}";q={math.floor(one.capacity)};w={_MINUTE}'
                for what, one in self._buckets.items()
            ),
            "RateLimit": ", ".join(
                f'"{what}";r={one.left};t={math.ceil(one.full_after)}' for what, one in seen.items()
            ),
        }


class Rates:
    """The limits of all clients; None stands for no limit.

    They are those of this process: behind a balancer each process has its own.
    """

    def __init__(
        self,
        requests_per_minute: int | None,
        characters_per_minute: int | None,
        *,
        wrong_keys_per_minute: int,
    ) -> None:
        asked = {"requests": requests_per_minute, "characters": characters_per_minute}
        self._buckets = {
            what: Buckets(most, most / _MINUTE) for what, most in asked.items() if most is not None
        }
        self._wrong_keys = Buckets(wrong_keys_per_minute, wrong_keys_per_minute / _MINUTE)

    def standing(self, client: str) -> Standing:
        """Where a client stands."""
        return Standing(client, self._buckets)

    def may_try_key(self, address: str) -> None:
        """Count a key as wrong until it is known: many that are sent at once are many.

        Raises ProblemError 429 where too many wrong keys came from the address lately.
        """
        draught = self._wrong_keys.take(address)
        if not draught.is_given:
            raise _too_many("wrong keys", self._wrong_keys, draught)

    def right_key(self, address: str) -> None:
        """The key that came from the address was not a wrong one, or nobody could tell."""
        self._wrong_keys.give_back(address)


def _too_many(what: str, buckets: Buckets, draught: Draught) -> ProblemError:
    after = max(1, math.ceil(draught.wait))
    return ProblemError(
        HTTPStatus.TOO_MANY_REQUESTS,
        f"more than {math.floor(buckets.capacity):,} {what} in a minute; try again in {after} s",
        headers={"Retry-After": str(after)},
    )
