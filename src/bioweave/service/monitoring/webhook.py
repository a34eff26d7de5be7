"""Alerts to somebody else's HTTP server, signed, tried again, and never in anybody's way."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bioweave import __version__
from bioweave.errors import ConfigurationError

SIGNATURE_HEADER = "Bioweave-Signature"

# In all about two minutes; a server that is away for longer hears of the next change.
_ATTEMPTS = 6
_FIRST_PAUSE_SECONDS = 2.0
_SECONDS = 10.0
_MOST_WAITING = 100
_LEAST_SECRET = 16

_log = logging.getLogger(__name__)


class Webhook:
    """Posts JSON to one address, in order; `run` does, for as long as it is not cancelled.

    A message counts as delivered with any answer of 2xx. Redirects are not followed. `on_outcome`
    hears "delivered", "failed" after the last attempt, or "dropped" where too many wait.
    """

    def __init__(
        self,
        url: str,
        secret: bytes | None = None,
        *,
        on_outcome: Callable[[str], None] = lambda outcome: None,
        first_pause: float = _FIRST_PAUSE_SECONDS,
        seconds: float = _SECONDS,
    ) -> None:
        self._url = checked_url(url)
        self._secret = secret
        self._on_outcome = on_outcome
        self._first_pause = first_pause
        self._seconds = seconds
        self._waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_MOST_WAITING)

    def send(self, message: dict[str, Any]) -> None:
        """Leave a message; returns at once. Call it in the loop that `run` runs in."""
        try:
            self._waiting.put_nowait(message)
        except asyncio.QueueFull:
            _log.error("webhook: too many alerts wait, one is dropped")
            self._on_outcome("dropped")

    async def run(self) -> None:
        """Deliver what is left here."""
        # Only where it is used: it takes a while to import.
        import httpx

        # No proxies or passwords from the environment: what is reached is what was named.
        async with httpx.AsyncClient(follow_redirects=False, trust_env=False) as client:
            while True:
                message = await self._waiting.get()
                body = json.dumps(message, ensure_ascii=False, allow_nan=False).encode()
                self._on_outcome("delivered" if await self._delivered(client, body) else "failed")

    async def _delivered(self, client: Any, body: bytes) -> bool:
        pause = self._first_pause
        told = ""
        for attempt in range(_ATTEMPTS):
            if attempt:
                await asyncio.sleep(pause)
                pause *= 2
            told = await self._problem(client, body)
            if not told:
                return True
        _log.error("webhook: an alert was not delivered in %d attempts: %s", _ATTEMPTS, told)
        return False

    async def _problem(self, client: Any, body: bytes) -> str:
        """What went wrong in one attempt, if anything did; the answer's body is not read."""
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"bioweave/{__version__}",
            **self._signature(body),
        }
        try:
            # The whole attempt: a server that answers a byte a minute never runs into the client's.
            async with (
                asyncio.timeout(self._seconds),
                client.stream("POST", self._url, content=body, headers=headers) as answer,
            ):
                return "" if answer.is_success else f"status {answer.status_code}"
        except TimeoutError:
            return f"no answer within {self._seconds:g} s"
        # Not those of the library alone: whoever watches must not fall silent for good.
        except Exception as error:
            return type(error).__name__

    def _signature(self, body: bytes) -> dict[str, str]:
        if self._secret is None:
            return {}
        return {SIGNATURE_HEADER: signature(self._secret, body, int(time.time()))}


def signature(secret: bytes, body: bytes, moment: int) -> str:
    """The header's value: HMAC-SHA256 of the moment, a full stop and the body.

    Whoever receives it makes the same, compares in constant time, and refuses old moments, lest
    somebody sends again what he overheard.
    """
    mac = hmac.new(secret, str(moment).encode() + b"." + body, hashlib.sha256)
    return f"t={moment},v1={mac.hexdigest()}"


def read_secret(path: Path) -> bytes:
    """What a file holds, without the white space around it.

    Raises ConfigurationError where it cannot be read, or is too short to be a secret.
    """
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise ConfigurationError(f"--alert-secret {path}: {error.strerror}") from error
    if len(secret) < _LEAST_SECRET:
        raise ConfigurationError(
            f"--alert-secret {path}: expected {_LEAST_SECRET} characters at least; "
            f"`openssl rand -hex 32` makes some"
        )
    return secret


def checked_url(url: str) -> str:
    """The URL, if it is one that can be posted to; else raises ConfigurationError."""
    import httpx

    try:
        # By whoever posts to it: what one library takes another may not.
        parts = httpx.URL(url)
        is_right = parts.scheme in ("http", "https") and bool(parts.host)
    except (httpx.InvalidURL, ValueError):
        is_right = False
    if not is_right:
        raise ConfigurationError(
            f"--alert-webhook {url!r} is no address to post alerts to; expected http:// or https://"
        )
    return url
