"""httptools' parser for a server that speaks HTTP/1.1 and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httptools

# Of what a request offers to go on with; without it the rest of the request reads as ever.
_OFFER = b"upgrade"


class PlainParser:
    """Goes on with HTTP/1.1 where a client offers something else, as it may (RFC 9110, 7.8).

    Java's HttpClient and `curl --http2` offer h2c with every request in the clear. The parser takes
    what stands behind such a head for the other protocol's: a body would be lost, or be read as a
    request of its own. So a head with an offer is parsed again without it: `head` has the request
    line and the header fields of the one that was parsed last. `is_offered` says, from the end of
    the head on, that what is told to the protocol will be told again.
    """

    def __init__(
        self, protocol: object, head: Callable[[], tuple[bytes, list[tuple[bytes, bytes]]]]
    ) -> None:
        self._protocol = protocol
        self._head = head
        self._parser = self._fresh()

    @property
    def is_offered(self) -> bool:
        """Whether the head that was parsed last has an offer, and comes again without it."""
        return self._parser.should_upgrade() and self._parser.get_method() != b"CONNECT"

    def feed_data(self, data: bytes) -> None:
        """Parse some more. Raises HttpParserError."""
        while True:
            try:
                self._parser.feed_data(data)
                return
            except httptools.HttpParserUpgrade as offer:
                if not self.is_offered:
                    # A tunnel, which nobody has opened.
                    return
                data = self._without_offer() + data[offer.args[0] :]
                self._parser = self._fresh()

    def _without_offer(self) -> bytes:
        url, fields = self._head()
        version = self._parser.get_http_version().encode()
        lines = [self._parser.get_method() + b" " + url + b" HTTP/" + version]
        lines += [name + b": " + value for name, value in fields if name != _OFFER]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def _fresh(self) -> httptools.HttpRequestParser:
        parser = httptools.HttpRequestParser(self._protocol)
        # As uvicorn has it, where there is such a thing.
        with suppress(AttributeError):
            parser.set_dangerous_leniencies(lenient_data_after_close=True)
        return parser

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parser, name)
