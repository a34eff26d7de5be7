"""Connections: how many there may be, and how long one may keep the service waiting."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bioweave.service.admission import Shares
from bioweave.service.admission.clients import network_of
from bioweave.service.plain_parser import PlainParser
from bioweave.service.problems import MEDIA_TYPE, ProblemBody
from bioweave.service.settings import ConnectionLimits

if TYPE_CHECKING:
    import asyncio

_RETRY_SECONDS = 5
# In bytes: a key and all that browsers send are a tenth of it.
_MOST_HEAD = 1 << 16
_MOST_PIPELINED = 16
_MANY = f"there are too many connections; try again in {_RETRY_SECONDS} s"
_LONG = f"the request's headers have more than {_MOST_HEAD:,} bytes; send fewer"
_BROKEN = "what was sent is no request of HTTP/1.1; send one"


@dataclass(frozen=True, slots=True)
class Guard:
    """What all connections of a service share: their limits, and who has how many of them.

    An address has no more than are left for all others, but for `proxies`, which stand for many.
    """

    limits: ConnectionLimits
    proxies: frozenset[str]
    shares: Shares = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shares", Shares(self.limits.connections))

    def owner(self, address: str) -> str | None:
        """As whose a connection from this address counts; None is nobody's."""
        return None if address in self.proxies or "*" in self.proxies else network_of(address)

    def protocol(self, *args: Any, **named: Any) -> GuardedProtocol:
        """What uvicorn makes for each connection."""
        return GuardedProtocol(self, *args, **named)


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's, which bounds what comes between two requests, and nothing else.

    Headers have an end. Whoever calls `look` about once a second closes what sends no request, or
    its headers drop by drop, and what does not take its answer. How long a body may take, and an
    answer, is said elsewhere.
    """

    def __init__(self, guard: Guard, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._guard = guard
        self._owner: str | None = None
        self._is_counted = False
        self._plain = PlainParser(self, lambda: (self.url, self.headers))
        self.parser = self._plain  # type: ignore[assignment]
        self._is_of_use = False
        self._n_useless = 0
        # Whether its client has sent all that it will, and waits for answers.
        self._is_ended = False
        # Since when a request's headers are waited for, an answer is not taken, and it is closing.
        self._idle_since: float | None = None
        self._stuck_since: float | None = None
        self._closing_since: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take it, or say that there are too many."""
        super().connection_made(transport)
        self._idle_since = time.monotonic()
        self._owner = self._guard.owner(self.client[0] if self.client else "unknown")
        if not self._guard.shares.fits(self._owner, 1):
            transport.write(_refusal(HTTPStatus.SERVICE_UNAVAILABLE, _MANY))
            transport.close()
            return
        self._guard.shares.take(self._owner, 1)
        self._is_counted = True

    def connection_lost(self, exc: Exception | None) -> None:
        """Give its place back."""
        if self._is_counted:
            self._is_counted = False
            self._guard.shares.give_back(self._owner, 1)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless it is refused, or sends headers without an end.

        The parser has no limit of its own: it keeps what is neither a whole head nor a body's, be
        it behind the body.
        """
        if not self._is_counted or self.transport.is_closing():
            return
        self._is_of_use = False
        super().data_received(data)
        self._n_useless = 0 if self._is_of_use else self._n_useless + len(data)
        if self._n_useless > _MOST_HEAD and not self.transport.is_closing():
            if self._idle_since is not None:
                self.transport.write(_refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, _LONG))
            self.transport.close()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep it for the answer where a whole request was sent: asyncio closes it otherwise.

        Whoever has gone is seen to have gone when the answer is written. TLS has no half of it.
        """
        cycle = self.cycle
        is_asked = cycle is not None and not cycle.response_complete and not cycle.more_body
        self._is_ended = is_asked and self.scheme != "https"
        return self._is_ended

    def send_400_response(self, msg: str) -> None:
        """Say that it is no request, but where that would be taken for another one's answer."""
        cycle = self.cycle
        is_own = not self._is_answering or (cycle.more_body and not cycle.response_started)
        if is_own and not self.pipeline:
            self.transport.write(_refusal(HTTPStatus.BAD_REQUEST, _BROKEN))
        self.transport.close()

    def on_body(self, body: bytes) -> None:
        """Some of a body."""
        self._is_of_use = True
        super().on_body(body)

    def on_headers_complete(self) -> None:
        """A request is there."""
        if self._plain.is_offered:
            return
        if len(self.pipeline) >= _MOST_PIPELINED:
            # Each waits in memory for those before it, and reading goes on whenever one is done.
            self.transport.abort()
            raise ConnectionAbortedError("more requests at once than any client sends")
        self._idle_since = None
        self._is_of_use = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of a request is there."""
        if not self._plain.is_offered:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """The next one may come."""
        self._idle_since = time.monotonic()
        super().on_response_complete()
        if self._is_ended and not self._is_answering:
            self.transport.close()

    def pause_writing(self) -> None:
        """Whoever asked does not take the answer."""
        self._stuck_since = time.monotonic()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Some of it was taken."""
        self._stuck_since = None
        super().resume_writing()

    def look(self, now: float) -> None:
        """Close it if it has kept the service waiting for too long; `now` is monotonic."""
        limits = self._guard.limits
        if self.transport.is_closing():
            # What is not taken of an answer keeps it open otherwise.
            self._closing_since = self._closing_since or now
            if now - self._closing_since > limits.answer_seconds:
                self.transport.abort()
        elif _is_over(self._stuck_since, now, limits.answer_seconds):
            self.transport.abort()
        elif not self._is_answering and _is_over(self._idle_since, now, limits.header_seconds):
            self.transport.close()

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete


def _is_over(since: float | None, now: float, seconds: float) -> bool:
    return since is not None and now - since > seconds


def _refusal(status: HTTPStatus, detail: str) -> bytes:
    """A problem as the answer where there is no request yet that could have one."""
    body = ProblemBody(title=status.phrase, status=int(status), detail=detail).model_dump()
    content = json.dumps(body).encode()
    is_passing = status is HTTPStatus.SERVICE_UNAVAILABLE
    retry = f"retry-after: {_RETRY_SECONDS}\r\n" if is_passing else ""
    head = (
        f"HTTP/1.1 {int(status)} {status.phrase}\r\n"
        f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(content)}\r\n"
        f"{retry}x-content-type-options: nosniff\r\n"
        f"cache-control: no-store\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + content
