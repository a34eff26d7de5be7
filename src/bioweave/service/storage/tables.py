"""The tables, as they are now; `migrations` has the way there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Index, String, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, aware of it on every database: SQLite forgets time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """To UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """From UTC."""
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    """The root of all tables."""


class JobRow(Table):
    """A large upload on its way; its text lies in files beside the database, never in it."""

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    created: Mapped[datetime] = mapped_column(Moment)
    expires: Mapped[datetime] = mapped_column(Moment, index=True)
    media_type: Mapped[str] = mapped_column(String(64))
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    n_done: Mapped[int] = mapped_column(default=0)
    n_failed: Mapped[int] = mapped_column(default=0)
    result_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    reason: Mapped[str | None] = mapped_column(String(1000), default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    part: Mapped[str | None] = mapped_column(String(32), default=None)
    owner: Mapped[str | None] = mapped_column(String(32), default=None)
    lease: Mapped[datetime | None] = mapped_column(Moment, default=None)
    # Whose it is; a job made while there were no keys belongs to nobody.
    key_id: Mapped[str | None] = mapped_column(String(16), index=True, default=None)
    upload_bytes: Mapped[int] = mapped_column(BigInteger, default=0)


class KeyRow(Table):
    """An API key: hashes of its secret, and of the one before for as long as that still opens."""

    __tablename__ = "keys"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    secret_hash: Mapped[str] = mapped_column(String(64))
    earlier_hash: Mapped[str | None] = mapped_column(String(64), default=None)
    earlier_until: Mapped[datetime | None] = mapped_column(Moment, default=None)
    created: Mapped[datetime] = mapped_column(Moment)
    expires: Mapped[datetime | None] = mapped_column(Moment, default=None)
    revoked: Mapped[datetime | None] = mapped_column(Moment, default=None)
    last_used: Mapped[datetime | None] = mapped_column(Moment, default=None)


class FeedbackRow(Table):
    """A correction, of the key that sent it, "" where nobody has one.

    The text and whatever else may tell of it is in `kept`, mostly nothing.
    As JSON, for PostgreSQL's own strings take no NUL, which a text may have.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        Index(
            "ix_feedback_same",
            "key_id",
            "document",
            "text_hash",
            "fingerprint",
            "mode",
            unique=True,
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created: Mapped[datetime] = mapped_column(Moment, index=True)
    key_id: Mapped[str] = mapped_column(String(12))
    model: Mapped[str] = mapped_column(String(1000))
    fingerprint: Mapped[str] = mapped_column(String(16), index=True)
    mode: Mapped[str] = mapped_column(String(16))
    document: Mapped[str] = mapped_column(String(64), index=True)
    text_hash: Mapped[str] = mapped_column(String(64))
    n_characters: Mapped[int]
    found: Mapped[list[Any]] = mapped_column(JSON)
    correct: Mapped[list[Any]] = mapped_column(JSON)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    kept: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=None)


class ServedModelRow(Table):
    """A bundle that is or was served: corrections of what it found are held against its labels."""

    __tablename__ = "served_models"

    fingerprint: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(1000))
    labels: Mapped[list[str]] = mapped_column(JSON)
    last_served: Mapped[datetime] = mapped_column(Moment, index=True)
