"""API keys in the database: made, looked up, rotated, revoked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import or_, select

from bioweave.service.storage.database import Database
from bioweave.service.storage.tables import KeyRow


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept: of its secrets there are hashes alone.

    `earlier_hash` is that of the secret before the last rotation, which opens until
    `earlier_until`. `expires` is None for a key that stays until it is revoked; `last_used` is not
    much more exact than an hour.
    """

    id: str
    name: str
    scopes: tuple[str, ...]
    secret_hash: str
    earlier_hash: str | None
    earlier_until: datetime | None
    created: datetime
    expires: datetime | None
    revoked: datetime | None
    last_used: datetime | None

    def is_usable(self, now: datetime) -> bool:
        """Whether it opens anything at that moment."""
        return self.revoked is None and (self.expires is None or now < self.expires)


class KeyStore:
    """The keys of all services on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        key_id: str,
        name: str,
        scopes: Sequence[str],
        secret_hash: str,
        *,
        kept: timedelta | None = None,
    ) -> Key:
        """A new key that opens from now on, for so long or until it is revoked."""
        now = datetime.now(UTC)
        row = KeyRow(
            id=key_id,
            name=name,
            scopes=list(scopes),
            secret_hash=secret_hash,
            created=now,
            expires=None if kept is None else now + kept,
        )
        with self._database.session() as session:
            session.add(row)
        return _key(row)

    def find(self, key_id: str) -> Key | None:
        """The key, whether it still opens or not; None if there is none of that id."""
        with self._database.session() as session:
            row = session.get(KeyRow, key_id)
            return None if row is None else _key(row)

    def all(self) -> list[Key]:
        """Every key, the oldest first."""
        with self._database.session() as session:
            rows = session.scalars(select(KeyRow).order_by(KeyRow.created, KeyRow.id))
            return [_key(row) for row in rows]

    def any_usable(self) -> bool:
        """Whether there is a key that opens anything."""
        now = datetime.now(UTC)
        is_usable = KeyRow.revoked.is_(None) & or_(KeyRow.expires.is_(None), KeyRow.expires > now)
        with self._database.session() as session:
            return session.scalars(select(KeyRow.id).where(is_usable).limit(1)).first() is not None

    def rotate(self, key_id: str, secret_hash: str, *, grace: timedelta) -> Key | None:
        """Give the key another secret; the present one opens for the grace still, one before not.

        None if there is no key of that id, or it is revoked or expired.
        """
        with self._database.session() as session:
            row = session.get(KeyRow, key_id, with_for_update=True)
            if row is None or row.revoked is not None:
                return None
            if row.expires is not None and row.expires <= datetime.now(UTC):
                return None
            has_grace = grace > timedelta()
            row.earlier_hash = row.secret_hash if has_grace else None
            row.earlier_until = datetime.now(UTC) + grace if has_grace else None
            row.secret_hash = secret_hash
        return _key(row)

    def revoke(self, key_id: str) -> Key | None:
        """Let the key open nothing any more; None if there is none of that id."""
        with self._database.session() as session:
            row = session.get(KeyRow, key_id, with_for_update=True)
            if row is None:
                return None
            row.revoked = row.revoked or datetime.now(UTC)
        return _key(row)

    def note_use(self, key_id: str) -> None:
        """Write down that the key was used now."""
        with self._database.session() as session:
            row = session.get(KeyRow, key_id)
            if row is not None:
                row.last_used = datetime.now(UTC)


def _key(row: KeyRow) -> Key:
    return Key(
        id=row.id,
        name=row.name,
        scopes=tuple(row.scopes),
        secret_hash=row.secret_hash,
        earlier_hash=row.earlier_hash,
        earlier_until=row.earlier_until,
        created=row.created,
        expires=row.expires,
        revoked=row.revoked,
        last_used=row.last_used,
    )
