"""The database behind the service, with its tables as this version wants them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session, sessionmaker

from bioweave.errors import ConfigurationError

_MIGRATIONS = Path(__file__).parent / "migrations"
# A database that hangs is as good as one that is away: so long it may take to connect, to answer a
# statement, and to give up a lock. A call that meets all of them takes three times as long.
ANSWER_SECONDS = 4
_POSTGRESQL = {
    "connect_timeout": ANSWER_SECONDS,
    "tcp_user_timeout": ANSWER_SECONDS * 1000,
    "options": f"-c statement_timeout={ANSWER_SECONDS}s",
}
# The server is given the time to say itself that it was too long.
_SILENCE_SECONDS = ANSWER_SECONDS + 1
# Between two looks at the clock, in steps of SQLite's machine: some milliseconds.
_SQLITE_STEPS = 100_000
# Of no meaning but that all services take the same.
_MIGRATION_LOCK = 20_261_123


class StorageGone(SQLAlchemyError):  # noqa: N818 - it says what has happened
    """Nobody asks the database any more."""


class Database:
    """One database; sessions come from `session`.

    `url` is SQLAlchemy's: `sqlite:///FILE`, or `postgresql+psycopg://...` with the driver
    installed. Tables are made, or brought up to date, when it is opened. Raises ConfigurationError
    where that is impossible.
    """

    def __init__(self, url: str) -> None:
        try:
            self.engine = _engine(url)
            _upgrade(self.engine)
            if self.engine.dialect.name == "sqlite":
                # Only now: to change tables may take as long as it does.
                event.listen(self.engine, "before_cursor_execute", _begin_sqlite)
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            raise ConfigurationError(f"no database can be opened by that URL: {error}") from error
        except CommandError as error:
            raise ConfigurationError(
                f"the database's tables are not those of this version: {error}; it was used by a "
                f"newer one"
            ) from error
        except DBAPIError as error:
            shown = make_url(url).render_as_string(hide_password=True)
            raise ConfigurationError(f"{shown}: {error.orig}") from error
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._is_ending = self._is_given_up = False

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session whose changes are all kept at the end, or none after an exception."""
        if self._is_given_up:
            raise StorageGone("the service ends, and its database does not answer")
        try:
            with self._sessions.begin() as session:
                yield session
        except (DBAPIError, PoolTimeoutError):
            self._is_given_up = self._is_ending
            raise

    def ping(self) -> None:
        """See whether it answers. Raises SQLAlchemyError where it does not."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def end_soon(self) -> None:
        """From now on a failure is the last: what comes after it is refused at once."""
        self._is_ending = True

    def close(self) -> None:
        """Give its connections back."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        _make_private(Path(parsed.database))
    # A connection that died while nobody used it is noticed and made anew.
    is_postgresql = make_url(url).get_backend_name() == "postgresql"
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_timeout=ANSWER_SECONDS,
        connect_args=_POSTGRESQL if is_postgresql else {},
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    if is_postgresql:
        _make_impatient(engine)
    return engine


def _make_impatient(engine: Engine) -> None:
    # Only here: who has SQLite need not have psycopg.
    from bioweave.service.storage.impatience import impatient

    connect = impatient(_SILENCE_SECONDS)
    event.listen(engine, "do_connect", lambda _, __, args, named: connect(*args, **named))


def _make_private(path: Path) -> None:
    """Whoever may read the file may read corrections, and what keys are checked by."""
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        # What SQLite puts beside it has the same permissions.
        path.chmod(0o600)


def _prepare_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    # Readers and a writer side by side, and a commit survives a kill of the process.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA busy_timeout={ANSWER_SECONDS * 1000}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection, cursor: Any, *_: Any) -> None:
    # Anything but 0 interrupts the statement.
    end = time.monotonic() + ANSWER_SECONDS
    raw = cursor.connection
    raw.set_progress_handler(lambda: int(time.monotonic() >= end), _SQLITE_STEPS)


def _upgrade(engine: Engine) -> None:
    config = Config()
    # A percent sign would be read as the beginning of a variable.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        # Two services that start at once must not both make the tables.
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        else:
            connection.execute(text("BEGIN IMMEDIATE"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
