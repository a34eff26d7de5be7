"""What happens to every request and answer, whatever its route."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bioweave.service.admission import Client
from bioweave.service.metrics import Metrics
from bioweave.service.problems import ProblemError, internal_error, problem_response

_log = logging.getLogger(__name__)

# Nothing from elsewhere, no script or style inside a page, and in nobody's frame.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_ENCODED = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]

_ENDING = ProblemError(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "the service ends, and this was not done in time; send it again once it is back",
    headers={"Retry-After": "5"},
)


class SecurityHeaders:
    """Gives every answer the headers above, and keeps what was annotated out of caches."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.setdefault("headers", [])
                headers.extend(_ENCODED)
                if not any(name == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
            await send(message)

        await self._application(scope, receive, with_headers)


class RateLimitFields:
    """Tells every client of a limited route where it stands with its limits."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def with_fields(message: Message) -> None:
            client = scope.get("state", {}).get("client")
            if message["type"] == "http.response.start" and isinstance(client, Client):
                fields = client.standing.header_fields().items()
                message.setdefault("headers", []).extend(
                    (name.lower().encode(), value.encode()) for name, value in fields
                )
            await send(message)

        await self._application(scope, receive, with_fields)


class Faults:
    """Answers what nobody foresaw, and logs its kind: a message or traceback may quote a text.

    What the service's end breaks off is answered as well.
    """

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        has_begun = False

        async def noting_begin(message: Message) -> None:
            nonlocal has_begun
            has_begun = has_begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._application(scope, receive, noting_begin)
        except asyncio.CancelledError:
            # Only the service's end breaks requests off, and nobody waits for what comes of them.
            if scope["type"] != "http":
                raise
            if not has_begun:
                await problem_response(_ENDING)(scope, receive, send)
        except Exception as error:
            if scope["type"] != "http":
                raise
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(last.filename).name}:{last.lineno}"
            _log.error(
                "%s %s: %s at %s", scope["method"], scope["path"], type(error).__name__, place
            )
            if not has_begun:
                await problem_response(internal_error())(scope, receive, send)


class OwnPagesOnly:
    """Refuses requests that another site's page makes a browser send.

    A service on a loopback address can be reached by whatever page its user looks at. The name that
    a request was sent to has to be one of the service's, which a rebound name is not, and what
    changes anything has to come from its own page or from no page at all.
    """

    def __init__(self, application: ASGIApp, names: Sequence[str]) -> None:
        self._application = application
        # Names of hosts have no case, and browsers send them in small letters.
        self._names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 403 or 421."""
        if scope["type"] == "http":
            problem = self._problem(Headers(scope=scope), scope["method"])
            if problem is not None:
                await problem_response(problem)(scope, receive, send)
                return
        await self._application(scope, receive, send)

    def _problem(self, headers: Headers, method: str) -> ProblemError | None:
        named = headers.get("host", "").lower()
        if "*" not in self._names and _without_port(named) not in self._names:
            return ProblemError(
                HTTPStatus.MISDIRECTED_REQUEST,
                "the service does not go by this name; whoever runs it tells it another with "
                "--allow-host NAME",
            )
        if method in ("GET", "HEAD", "OPTIONS"):
            return None
        origin = headers.get("origin")
        is_foreign = origin is not None and _host_of(origin) != named
        if is_foreign or headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            return ProblemError(
                HTTPStatus.FORBIDDEN, "pages of other sites cannot use this service"
            )
        return None


def _host_of(origin: str) -> str | None:
    """The host in an Origin header, with its port; None where it is no URL.

    >>> _host_of("http://LocalHost:8000"), _host_of("http://[")
    ('localhost:8000', None)
    """
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def _without_port(host: str) -> str:
    """The name in a Host header.

    >>> _without_port("localhost:8000"), _without_port("[::1]:8000")
    ('localhost', '[::1]')
    """
    return host if host.endswith("]") else host.rpartition(":")[0] or host


class RequestMetrics:
    """Counts requests by the pattern of their route, so that no path makes a series of its own."""

    def __init__(self, application: ASGIApp, metrics: Metrics) -> None:
        self._application = application
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        status = 500
        started = time.perf_counter()

        async def noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._application(scope, receive, noting_status)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            method = scope["method"] if route != "none" else "any"
            self._metrics.request_answered(route, method, status, time.perf_counter() - started)
