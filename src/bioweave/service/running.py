"""A server process for the service."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable

import uvicorn

from bioweave.errors import ConfigurationError
from bioweave.service.application import create_application
from bioweave.service.settings import ServiceSettings

# Requests under way have so long to be answered once the service is told to stop.
_GRACE_SECONDS = 30


def run(
    settings: ServiceSettings, *, host: str, port: int, say: Callable[[str], None] = print
) -> None:
    """Serve until told to stop; `say` hears where, once requests are answered.

    Raises ConfigurationError where the address cannot be listened on, and what opening a model
    raises.
    """
    if not _is_loopback(host):
        raise ConfigurationError(
            f"{host} can be reached from other machines, and the service has no keys yet that "
            f"would tell who may ask; listen on 127.0.0.1, behind a proxy that does"
        )
    # First, so that a port in use is known before models are loaded.
    listening = _listen(host, port)
    with listening:
        application = create_application(settings)
        config = uvicorn.Config(
            application,
            # Paths are counted by the metrics; nothing of what is sent is logged.
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        server = _AnnouncedServer(config, lambda: say(f"bioweave: {_url(listening)}"))
        asyncio.run(server.serve(sockets=[listening]))


class _AnnouncedServer(uvicorn.Server):
    """Tells when it is ready."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(2048)
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on {host}:{port}: {error.strerror or error}; choose another --port"
        ) from error
    return listening


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
