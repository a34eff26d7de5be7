"""The database behind the service, with its tables as this version wants them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session, sessionmaker

from bioweave.errors import ConfigurationError

_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_SECONDS = 10
# A server that hangs is as good as one that is away.
_ANSWER_SECONDS = 5
_POSTGRESQL = {
    "connect_timeout": _ANSWER_SECONDS,
    "tcp_user_timeout": _ANSWER_SECONDS * 1000,
    "options": f"-c statement_timeout={_ANSWER_SECONDS}s",
}
# Of no meaning but that all services take the same.
_MIGRATION_LOCK = 20_261_123


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

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session whose changes are all kept at the end, or none after an exception."""
        with self._sessions.begin() as session:
            yield session

    def ping(self) -> None:
        """See whether it answers. Raises SQLAlchemyError where it does not."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

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
        pool_timeout=_ANSWER_SECONDS,
        connect_args=_POSTGRESQL if is_postgresql else {},
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


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
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


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
