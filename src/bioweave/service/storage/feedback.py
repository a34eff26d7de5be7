"""Corrections in the database: numbers, labels and concepts, and a text only where allowed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.exc import IntegrityError

from bioweave.service.storage.database import Database
from bioweave.service.storage.tables import FeedbackRow

_PAGE = 200
# Somebody else may put the same correction in between removing the old one and adding ours.
_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class Feedback:
    """A correction as it is kept, and which key sent it: "" where nobody has one.

    `document` and `text_hash` are keyed hashes. `found` and `correct` are lists of [start, end,
    label, ids of concepts], `counts` are {label: [right, wrong, missed]}. `kept` is what only a
    service with --store-text has: id, text, passages, comment.
    """

    id: str
    created: datetime
    key_id: str
    model: str
    fingerprint: str
    mode: str
    document: str
    text_hash: str
    n_characters: int
    found: list[Any]
    correct: list[Any]
    counts: dict[str, list[int]]
    kept: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class CorrectedDocument:
    """When a document was corrected, and its counts by label."""

    created: datetime
    counts: dict[str, list[int]]


class FeedbackStore:
    """The corrections of all services on one database; of a key one for a document and a model.

    A key changes and removes its own alone: what names no key means those of all.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, **values: Any) -> tuple[Feedback, bool]:
        """Keep a correction, its values those of `Feedback` but for the first two.

        An earlier one by the same key of the same document, text and model goes: people change
        their minds.
        Returns it, and whether it took the place of another.
        """
        for attempt in range(_ATTEMPTS):
            row = FeedbackRow(id=uuid.uuid4().hex, created=datetime.now(UTC), **values)
            try:
                with self._database.session() as session:
                    gone = session.execute(
                        delete(FeedbackRow).where(
                            FeedbackRow.key_id == row.key_id,
                            FeedbackRow.document == row.document,
                            FeedbackRow.text_hash == row.text_hash,
                            FeedbackRow.fingerprint == row.fingerprint,
                            FeedbackRow.mode == row.mode,
                        )
                    )
                    session.add(row)
                return _feedback(row), bool(gone.rowcount)  # type: ignore[attr-defined]
            except IntegrityError:
                if attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    def find(self, feedback_id: str) -> Feedback | None:
        """The correction, or None if there is none of that id."""
        with self._database.session() as session:
            row = session.get(FeedbackRow, feedback_id)
            return None if row is None else _feedback(row)

    def remove(self, feedback_id: str, *, key_id: str | None = None) -> bool:
        """Forget a correction; whether there was one."""
        return self._remove(FeedbackRow.id == feedback_id, key_id) > 0

    def remove_document(self, document: str, *, key_id: str | None = None) -> int:
        """Forget all corrections of a document, named by its hash; how many there were."""
        return self._remove(FeedbackRow.document == document, key_id)

    def remove_older(self, age: timedelta) -> int:
        """Forget what is older; how many that were."""
        return self._remove(FeedbackRow.created < datetime.now(UTC) - age)

    def change(self, fingerprint: str) -> tuple[int, datetime | None]:
        """What is another whenever the corrections of a model in balanced mode are."""
        with self._database.session() as session:
            number, last = session.execute(
                select(func.count(), func.max(FeedbackRow.created)).where(
                    *_of_balanced(fingerprint)
                )
            ).one()
            return int(number), last

    def corrected(self, fingerprint: str, n_most: int) -> list[CorrectedDocument]:
        """The counts of the documents that were corrected last, the latest first.

        Of those annotated in balanced mode alone: others are meant to miss more, or to find more.
        """
        with self._database.session() as session:
            rows = session.execute(
                select(FeedbackRow.created, FeedbackRow.counts)
                .where(*_of_balanced(fingerprint))
                .order_by(FeedbackRow.created.desc(), FeedbackRow.id)
                .limit(n_most)
            )
            return [CorrectedDocument(created, counts) for created, counts in rows]

    def all(self, *, with_text: bool = False) -> Iterator[list[Feedback]]:
        """All corrections in their order, some at a time; `with_text` those alone that have one.

        Each part is read by itself, so that nobody is kept waiting by whoever reads slowly.
        """
        behind: ColumnElement[bool] | None = None
        wanted = FeedbackRow.kept.is_not(None) if with_text else None
        while True:
            asked = select(FeedbackRow).order_by(FeedbackRow.created, FeedbackRow.id).limit(_PAGE)
            conditions = [one for one in (behind, wanted) if one is not None]
            with self._database.session() as session:
                part = [_feedback(row) for row in session.scalars(asked.where(*conditions))]
            if part:
                yield part
            if len(part) < _PAGE:
                return
            last = part[-1]
            behind = or_(
                FeedbackRow.created > last.created,
                and_(FeedbackRow.created == last.created, FeedbackRow.id > last.id),
            )

    def _remove(self, condition: ColumnElement[bool], key_id: str | None = None) -> int:
        own = () if key_id is None else (FeedbackRow.key_id == key_id,)
        with self._database.session() as session:
            gone = session.execute(delete(FeedbackRow).where(condition, *own))
            return int(gone.rowcount)  # type: ignore[attr-defined]


def _of_balanced(fingerprint: str) -> tuple[ColumnElement[bool], ...]:
    return FeedbackRow.fingerprint == fingerprint, FeedbackRow.mode == "balanced"


def _feedback(row: FeedbackRow) -> Feedback:
    return Feedback(
        id=row.id,
        created=row.created,
        key_id=row.key_id,
        model=row.model,
        fingerprint=row.fingerprint,
        mode=row.mode,
        document=row.document,
        text_hash=row.text_hash,
        n_characters=row.n_characters,
        found=row.found,
        correct=row.correct,
        counts=row.counts,
        kept=row.kept,
    )
