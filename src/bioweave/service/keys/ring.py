"""Who asks: a key that was sent, held against those of the database."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from bioweave.service.keys.form import NotAKey, Secret, read_key
from bioweave.service.keys.scopes import Scope
from bioweave.service.storage import Key, KeyStore, StorageThreads

# After so many seconds a key is looked up again: a revoked one opens no longer than that.
FRESH_SECONDS = 3.0
# While the database is away, keys that it has seen opening go on for so long.
STALE_SECONDS = 600.0
# A database that was away is not asked again sooner: each attempt may take seconds.
_PAUSE_SECONDS = 2.0
_N_REMEMBERED = 4_096
# Who sends a key waits for it so long, with so many others.
_LOOKUP_SECONDS = 5.0
_LOOKUPS = 64
_USE_NOTED = timedelta(hours=1)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever holds a key that opens; `until` is when it ends by itself, None for never."""

    key_id: str
    name: str
    scopes: frozenset[Scope]
    until: datetime | None


class KeyRefused(Exception):  # noqa: N818 - it says what has happened
    """A key opens nothing; `reason` is one of unknown, malformed, revoked, expired."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Seen:
    holder: Holder
    at: float


class KeyRing:
    """Remembers for a moment which keys open, so that not every request asks the database.

    What is remembered goes by the key's hash, for the longest-unused to be forgotten first; keys
    that do not open are not remembered. A change in the database, by another process even, counts
    within `fresh_seconds`. Of many requests with one key a single one looks it up.
    """

    def __init__(
        self,
        store: KeyStore,
        *,
        fresh_seconds: float = FRESH_SECONDS,
        stale_seconds: float = STALE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._fresh = fresh_seconds
        self._stale = stale_seconds
        self._clock = clock
        self._seen: OrderedDict[str, _Seen] = OrderedDict()
        self._looking: dict[str, asyncio.Task[Holder]] = {}
        self._away_until = float("-inf")
        # Its own, that a database which hangs keeps nobody else's work waiting.
        self._threads = StorageThreads(2, waiting=_LOOKUPS, seconds=_LOOKUP_SECONDS, name="keys")
        self._noting: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        """End its threads."""
        for task in self._noting:
            task.cancel()
        self._threads.close()

    def remembered(self, text: str) -> bool:
        """Whether this key has opened lately: it is known without asking the database."""
        try:
            return read_key(text).hash in self._seen
        except NotAKey:
            return False

    async def holder(self, text: str) -> Holder:
        """Who holds the key.

        Raises KeyRefused where it does not open, and SQLAlchemyError where the database is away and
        has not seen the key opening lately.
        """
        try:
            secret = read_key(text)
        except NotAKey as error:
            raise KeyRefused("malformed", str(error)) from None
        seen = self._seen.get(secret.hash)
        if seen is not None and self._clock() - seen.at < self._fresh:
            self._seen.move_to_end(secret.hash)
            return _in_time(seen.holder)
        return _in_time(await self._looked_up(secret))

    async def _looked_up(self, secret: Secret) -> Holder:
        task = self._looking.get(secret.hash)
        if task is None:
            task = asyncio.create_task(self._look_up(secret))
            self._looking[secret.hash] = task
            task.add_done_callback(lambda _: self._looking.pop(secret.hash, None))
        # One request that goes away must not take the answer from the others.
        return await asyncio.shield(task)

    async def _look_up(self, secret: Secret) -> Holder:
        seen = self._seen.get(secret.hash)
        may_be_stale = seen is not None and self._clock() - seen.at < self._stale
        if seen is not None and may_be_stale and self._clock() < self._away_until:
            return seen.holder
        try:
            key = await self._threads(self._store.find, secret.key_id)
        except SQLAlchemyError as error:
            self._away_until = self._clock() + _PAUSE_SECONDS
            _log.error("keys cannot be looked up: %s", type(error).__name__)
            if seen is not None and may_be_stale:
                return seen.holder
            raise
        try:
            holder = holder_of(key, secret, datetime.now(UTC))
        except KeyRefused:
            self._seen.pop(secret.hash, None)
            raise
        self._remember(secret, holder)
        if key is not None and _is_long_ago(key.last_used):
            noting = asyncio.create_task(self._note_use(secret.key_id))
            self._noting.add(noting)
            noting.add_done_callback(self._noting.discard)
        return holder

    def _remember(self, secret: Secret, holder: Holder) -> None:
        self._seen[secret.hash] = _Seen(holder, self._clock())
        self._seen.move_to_end(secret.hash)
        while len(self._seen) > _N_REMEMBERED:
            self._seen.popitem(last=False)

    async def _note_use(self, key_id: str) -> None:
        try:
            await self._threads(self._store.note_use, key_id)
        except SQLAlchemyError as error:
            # Nobody's request hangs on it.
            _log.warning("a key's use is not noted: %s", type(error).__name__)


def holder_of(key: Key | None, secret: Secret, now: datetime) -> Holder:
    """Who holds the secret, by the key as it is kept. Raises KeyRefused where it does not open."""
    # One reason for both: whoever guesses learns nothing of which ids there are.
    unknown = KeyRefused("unknown", "there is no such key")
    if key is None:
        raise unknown
    until = key.expires
    if not secret.opens(key.secret_hash):
        if key.earlier_hash is None or not secret.opens(key.earlier_hash):
            raise unknown
        ends = [one for one in (key.earlier_until, key.expires) if one is not None]
        until = min(ends) if ends else None
    if key.revoked is not None:
        raise KeyRefused("revoked", "the key was revoked")
    known = {scope.value for scope in Scope}
    # One of a newer version is none of ours.
    scopes = frozenset(Scope(name) for name in key.scopes if name in known)
    return _in_time(Holder(key.id, key.name, scopes, until), now)


def _in_time(holder: Holder, now: datetime | None = None) -> Holder:
    if holder.until is not None and (now or datetime.now(UTC)) >= holder.until:
        raise KeyRefused("expired", f"the key, or this secret of it, expired {holder.until:%F %T}Z")
    return holder


def _is_long_ago(moment: datetime | None) -> bool:
    return moment is None or datetime.now(UTC) - moment > _USE_NOTED
