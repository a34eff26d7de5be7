"""A server process for the service."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Sequence

import uvicorn

from bioweave.errors import ConfigurationError
from bioweave.service.application import create_application
from bioweave.service.connections import Guard, GuardedProtocol
from bioweave.service.exposure import Tls, is_loopback, settings_for
from bioweave.service.settings import ServiceSettings

# Requests under way have so long to be answered once the service is told to stop.
_GRACE_SECONDS = 30


def run(
    settings: ServiceSettings,
    *,
    host: str,
    port: int,
    tls: Tls | None = None,
    proxies: Sequence[str] = (),
    is_open: bool = False,
    say: Callable[[str], None] = print,
) -> None:
    """Serve until told to stop; `say` hears where, once requests are answered.

    Beyond loopback keys are needed, whatever the settings say, and on loopback for whoever comes
    through a proxy, unless it `is_open` on purpose. The word of `proxies`, of theirs
    alone, counts for whom they pass on (X-Forwarded-For). Raises ConfigurationError where the
    address cannot be listened on, there is no key where one is needed, or the certificate cannot be
    read, and what opening a model raises.
    """
    settings = settings_for(host, settings, proxies=proxies, is_open=is_open)
    if tls is not None:
        tls.check()
    # First, so that a port in use is known before models are loaded.
    listening = _listen(host, port)
    with listening:
        application = create_application(settings)
        guard = Guard(settings.connection_limits, frozenset(proxies))
        config = uvicorn.Config(
            application,
            http=guard.protocol,  # type: ignore[arg-type]
            # Nothing here speaks it, and what would is not guarded.
            ws="none",
            # Paths are counted by the metrics; nothing of what is sent is logged.
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            proxy_headers=bool(proxies),
            forwarded_allow_ips=list(proxies),
            ssl_certfile=None if tls is None else tls.certificate,
            ssl_keyfile=None if tls is None else tls.key,
        )
        url = _url(listening, "http" if tls is None else "https")
        # In the clear, keys and texts can be read by whoever carries them.
        warning = "" if tls or is_loopback(host) else " (unencrypted: only behind a proxy with TLS)"
        server = _AnnouncedServer(config, lambda: say(f"bioweave: {url}{warning}"))
        asyncio.run(server.serve(sockets=[listening]))


class _AnnouncedServer(uvicorn.Server):
    """Tells when it is ready, and looks after connections."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def on_tick(self, counter: int) -> bool:
        # Ten times a second; once is enough.
        if counter % 10 == 0:
            now = time.monotonic()
            for connection in list(self.server_state.connections):
                if isinstance(connection, GuardedProtocol):
                    connection.look(now)
        return await super().on_tick(counter)


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


def _url(listening: socket.socket, scheme: str) -> str:
    host, port = listening.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
