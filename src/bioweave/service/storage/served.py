"""What was served lately: corrections of its answers may still come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from bioweave.service.storage.database import Database
from bioweave.service.storage.tables import ServedModelRow


@dataclass(frozen=True, slots=True)
class ServedBundle:
    """A bundle that is or was served under a name, and the labels that it finds."""

    fingerprint: str
    name: str
    labels: tuple[str, ...]


class ServedStore:
    """The bundles that any service on one database has served."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, bundles: Sequence[ServedBundle]) -> None:
        """Write down that these are served now."""
        for one in bundles:
            try:
                self._note(one)
            except IntegrityError:
                # Another service was first: now there is something to change.
                self._note(one)

    def find(self, fingerprint: str) -> ServedBundle | None:
        """The bundle of this fingerprint, or None if none was served lately."""
        with self._database.session() as session:
            row = session.get(ServedModelRow, fingerprint)
            if row is None:
                return None
            return ServedBundle(row.fingerprint, row.name, tuple(row.labels))

    def remove_older(self, age: timedelta) -> None:
        """Forget what was not served for so long."""
        is_older = ServedModelRow.last_served < datetime.now(UTC) - age
        with self._database.session() as session:
            session.execute(delete(ServedModelRow).where(is_older))

    def _note(self, one: ServedBundle) -> None:
        with self._database.session() as session:
            row = session.get(ServedModelRow, one.fingerprint)
            if row is None:
                row = ServedModelRow(fingerprint=one.fingerprint)
                session.add(row)
            row.name, row.labels = one.name, list(one.labels)
            row.last_served = datetime.now(UTC)
