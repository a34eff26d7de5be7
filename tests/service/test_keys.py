"""Keys: their form, the database's side of them, and what a running service remembers."""

import asyncio
import re
import string
import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from bioweave.service.keys import KeyRefused, KeyRing, NotAKey, Scope, new_key, read_key
from bioweave.service.keys.form import PATTERN, new_key_id
from bioweave.service.keys.ring import holder_of
from bioweave.service.storage import Database, KeyStore

LETTERS = string.digits + string.ascii_letters


def made(store: KeyStore, scopes=("read",), kept: timedelta | None = None) -> str:
    text = new_key(new_key_id())
    secret = read_key(text)
    store.add(secret.key_id, "somebody", scopes, secret.hash, kept=kept)
    return text


# The form.


def test_keys_are_found_by_their_form_and_are_all_different() -> None:
    keys = {new_key(new_key_id()) for _ in range(200)}
    assert len(keys) == 200
    for key in keys:
        assert re.search(PATTERN, f'config = "{key}"')[0] == key
        assert len(read_key(key).hash) == 64 and key not in read_key(key).hash


@given(st.integers(0, 64), st.sampled_from(LETTERS + "_- é"))
def test_a_key_with_a_wrong_letter_is_no_key(place, letter) -> None:
    key = new_key("abcdefgh2345")
    changed = key[:place] + letter + key[place + 1 :]
    if changed == key:
        assert read_key(changed).key_id == "abcdefgh2345"
    else:
        with pytest.raises(NotAKey):
            read_key(changed)


@given(st.text())
def test_any_text_is_read_or_refused(text) -> None:
    with pytest.raises(NotAKey):
        read_key(text)


# The database.


@pytest.fixture
def store(database_url):
    database = Database(database_url)
    yield KeyStore(database)
    database.close()


def test_a_key_is_kept_as_hashes_alone(store) -> None:
    text = made(store, ["annotate", "read"])
    secret = read_key(text)
    key = store.find(secret.key_id)
    assert secret.opens(key.secret_hash) and secret.key_id == key.id
    assert text not in repr(key) and text.rpartition("_")[2] not in repr(key)
    assert key.scopes == ("annotate", "read") and key.created.tzinfo == UTC
    assert store.all() == [key] and store.any_usable()


def test_revoked_and_expired_keys_are_none_that_open(store) -> None:
    revoked, expired = made(store), made(store, kept=timedelta(seconds=-1))
    assert store.any_usable()
    assert store.rotate(read_key(expired).key_id, "0" * 64, grace=timedelta()) is None
    key_id = read_key(revoked).key_id
    first = store.revoke(key_id).revoked
    assert first is not None and store.revoke(key_id).revoked == first
    assert not store.any_usable() and len(store.all()) == 2
    assert store.revoke("a" * 12) is None and store.rotate("a" * 12, "", grace=timedelta()) is None
    assert store.rotate(key_id, "0" * 64, grace=timedelta()) is None


def test_a_rotated_key_opens_by_both_secrets_for_its_grace(store) -> None:
    old = made(store)
    key_id = read_key(old).key_id
    fresh = new_key(key_id)
    key = store.rotate(key_id, read_key(fresh).hash, grace=timedelta(hours=1))
    now = datetime.now(UTC)
    assert holder_of(key, read_key(old), now).until == key.earlier_until
    assert holder_of(key, read_key(fresh), now).until is None
    late = now + timedelta(hours=2)
    assert holder_of(key, read_key(fresh), late).key_id == key_id
    with pytest.raises(KeyRefused, match="expired"):
        holder_of(key, read_key(old), late)
    key = store.rotate(key_id, read_key(new_key(key_id)).hash, grace=timedelta())
    assert key.earlier_hash is None
    for one in (old, fresh):
        with pytest.raises(KeyRefused, match="no such key"):
            holder_of(key, read_key(one), now)


# What a service remembers.


def away(*_: object) -> None:
    raise OperationalError("select", {}, OSError("no connection"))


@pytest.fixture
def clock():
    class Clock:
        now = 0.0

        def __call__(self) -> float:
            return self.now

    return Clock()


def test_a_revoked_key_opens_no_longer_than_the_memory_lasts(store, clock) -> None:
    text = made(store, ["read", "a-scope-of-a-later-version"])

    async def ask() -> None:
        ring = KeyRing(store, fresh_seconds=3, clock=clock)
        holder = await ring.holder(text)
        assert holder.scopes == {Scope.READ} and ring.remembered(text)
        store.revoke(holder.key_id)
        clock.now = 2.9
        assert await ring.holder(text) == holder
        clock.now = 3.1
        for _ in range(2):
            with pytest.raises(KeyRefused) as caught:
                await ring.holder(text)
            assert caught.value.reason == "revoked" and not ring.remembered(text)
        ring.close()

    asyncio.run(ask())
    assert store.all()[0].last_used is not None


def test_a_key_ends_in_the_memory_too(store) -> None:
    text = made(store, kept=timedelta(seconds=0.5))

    async def ask() -> None:
        ring = KeyRing(store, fresh_seconds=60)
        await ring.holder(text)
        await asyncio.sleep(0.6)
        with pytest.raises(KeyRefused) as caught:
            await ring.holder(text)
        assert caught.value.reason == "expired"
        ring.close()

    asyncio.run(ask())


def test_while_the_database_is_away_keys_that_it_knows_go_on(store, clock, monkeypatch) -> None:
    known, unknown = made(store), made(store)

    async def ask() -> None:
        ring = KeyRing(store, fresh_seconds=3, stale_seconds=60, clock=clock)
        holder = await ring.holder(known)
        asked = []
        monkeypatch.setattr(store, "find", lambda _: asked.append(1) or away())
        for clock.now in (10.0, 10.5, 11.0, 59.0):
            assert await ring.holder(known) == holder
        # A database that hangs is not asked by every request.
        assert len(asked) == 2
        with pytest.raises(OperationalError):
            await ring.holder(unknown)
        clock.now = 61
        with pytest.raises(OperationalError):
            await ring.holder(known)
        monkeypatch.undo()
        assert await ring.holder(known) == holder
        ring.close()

    asyncio.run(ask())


def test_of_many_requests_with_one_key_a_single_one_asks_the_database(store, monkeypatch) -> None:
    text = made(store)
    find, gate, asked = store.find, threading.Event(), []

    def slow(key_id: str):
        asked.append(key_id)
        assert gate.wait(10)
        return find(key_id)

    monkeypatch.setattr(store, "find", slow)

    async def ask() -> None:
        ring = KeyRing(store)
        waiting = [asyncio.create_task(ring.holder(text)) for _ in range(20)]
        await asyncio.sleep(0.05)
        # One that goes away takes nothing from the others.
        waiting[0].cancel()
        gate.set()
        found = await asyncio.gather(*waiting[1:])
        assert len({one.key_id for one in found}) == 1
        ring.close()

    asyncio.run(ask())
    assert len(asked) == 1


def test_no_more_is_remembered_than_there_is_room_for(store, monkeypatch) -> None:
    monkeypatch.setattr("bioweave.service.keys.ring._N_REMEMBERED", 2)
    keys = [made(store) for _ in range(3)]

    async def ask() -> None:
        ring = KeyRing(store)
        for key in keys:
            await ring.holder(key)
        assert [ring.remembered(key) for key in keys] == [False, True, True]
        ring.close()

    asyncio.run(ask())
