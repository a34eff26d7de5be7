"""Alerts that fire when something is wrong for a while, and end when it is well for a while."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class AlertState(StrEnum):
    """Pending has been wrong, not yet for long enough; resolved is told of once."""

    QUIET = "quiet"
    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Condition:
    """What one evaluation says of one alert of one model.

    `value` is what was held against `mark`, None where too little was seen to tell; `told` says
    it in words, and never quotes a text.
    """

    alert: str
    model: str
    is_wrong: bool
    value: float | None
    mark: float
    told: str


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as it stands; `since` is when it came into its state."""

    id: str
    condition: Condition
    state: AlertState
    since: datetime

    def to_json(self) -> dict[str, Any]:
        """As a webhook is sent it."""
        condition = self.condition
        return {
            "id": self.id,
            "alert": condition.alert,
            "model": condition.model,
            "state": self.state.value,
            "since": self.since.isoformat(timespec="seconds"),
            "value": None if condition.value is None else round(condition.value, 4),
            "mark": condition.mark,
            "summary": condition.told,
        }


@dataclass(slots=True)
class _Track:
    id: str
    state: AlertState
    since: datetime
    condition: Condition
    n_against: int = 0


class AlertBook:
    """All alerts of a service, in memory: each process judges what it has seen itself.

    After a restart what is still wrong fires again.
    """

    def __init__(self, *, fire_after: int, resolve_after: int) -> None:
        self._fire_after = fire_after
        self._resolve_after = resolve_after
        self._tracks: dict[tuple[str, str], _Track] = {}

    def judge(self, conditions: Iterable[Condition]) -> list[Alert]:
        """Take an evaluation in; the alerts that begin or cease to fire by it.

        What it does not speak of any more, of a bundle that was replaced, is wrong no longer.
        """
        now = {(one.model, one.alert): one for one in conditions}
        for key, track in self._tracks.items():
            if key not in now:
                now[key] = replace(
                    track.condition, is_wrong=False, value=None, told="not watched at the moment"
                )
        judged = [self._judge(condition) for condition in now.values()]
        return [alert for alert in judged if alert is not None]

    def alerts(self) -> list[Alert]:
        """All of them, those that fire first."""
        order = [AlertState.FIRING, AlertState.PENDING, AlertState.QUIET]
        tracks = sorted(self._tracks.values(), key=lambda one: order.index(one.state))
        return [_alert(track) for track in tracks]

    def _judge(self, condition: Condition) -> Alert | None:
        track = self._tracks.setdefault(
            (condition.model, condition.alert),
            _Track(uuid.uuid4().hex, AlertState.QUIET, datetime.now(UTC), condition),
        )
        track.condition = condition
        is_firing = track.state is AlertState.FIRING
        if condition.is_wrong == is_firing:
            # As it was: what spoke against it was not for long enough.
            track.n_against = 0
            if track.state is AlertState.PENDING:
                _move(track, AlertState.QUIET)
            return None
        track.n_against += 1
        if track.n_against < (self._resolve_after if is_firing else self._fire_after):
            if track.state is AlertState.QUIET:
                _move(track, AlertState.PENDING)
            return None
        track.n_against = 0
        if is_firing:
            _move(track, AlertState.RESOLVED)
            ended = _alert(track)
            _move(track, AlertState.QUIET)
            return ended
        # One name for its beginning and its end, another for the next time.
        track.id = uuid.uuid4().hex
        _move(track, AlertState.FIRING)
        return _alert(track)


def _move(track: _Track, state: AlertState) -> None:
    track.state = state
    track.since = datetime.now(UTC)


def _alert(track: _Track) -> Alert:
    return Alert(track.id, track.condition, track.state, track.since)
