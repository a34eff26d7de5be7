"""What a route asks of whoever calls it: `needs(Scope.READ)` stands beside its path."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, TypeVar

from fastapi import Request, Security
from fastapi.security import HTTPBearer, SecurityScopes
from fastapi.security.http import HTTPAuthorizationCredentials

from bioweave.service.admission import Client
from bioweave.service.keys import Scope
from bioweave.service.state import state_of

KEY_SCHEME = "key"
# So often it is seen whether a key still opens what it opened.
_AGAIN_SECONDS = 3.0

T = TypeVar("T")

_bearer = HTTPBearer(
    scheme_name=KEY_SCHEME,
    bearerFormat="bw_ID_SECRET",
    description="A key that `bioweave keys create` made; beside a route stand the scopes it wants.",
    auto_error=False,
)


async def _admitted(
    request: Request,
    wanted: SecurityScopes,
    credentials: HTTPAuthorizationCredentials | None = Security(_bearer),  # noqa: B008
) -> AsyncGenerator[None, None]:
    admission = state_of(request).admission
    key = None if credentials is None else credentials.credentials
    address = "unknown" if request.client is None else request.client.host
    client = await admission.client(key, address)
    # The answer's header fields tell where it stands, whatever comes of the request.
    request.state.client = client
    for scope in wanted.scopes:
        admission.admit(client, Scope(scope))
    # Until the answer is out, however long that takes.
    with admission.request(client):
        yield


def needs(scope: Scope) -> Any:
    """A dependency for a route: it answers holders of a key with this scope alone.

    Where nobody needs a key it answers all, as often as an address may ask. FastAPI tells it in the
    OpenAPI description.
    """
    return Security(_admitted, scopes=[scope.value])


async def while_admitted(
    request: Request, parts: AsyncGenerator[T, None]
) -> AsyncGenerator[T, None]:
    """The parts, for as long as the key opens that they were asked for with.

    That is seen again every few seconds, whether any come or none. Raises ProblemError 401 once it
    does not, or SQLAlchemyError once nobody has been able to tell for too long.
    """
    admission, client = state_of(request).admission, client_of(request)
    if client.key is None:
        async for one in parts:
            yield one
        return
    clock = asyncio.get_running_loop().time
    seen = clock()
    upcoming = asyncio.ensure_future(anext(parts, None))
    try:
        while True:
            left = seen + _AGAIN_SECONDS - clock()
            if left <= 0:
                await admission.renew(client)
                seen = clock()
                continue
            await asyncio.wait([upcoming], timeout=left)
            if upcoming.done():
                part = upcoming.result()
                if part is None:
                    return
                yield part
                upcoming = asyncio.ensure_future(anext(parts, None))
    finally:
        # What is open behind it, a place in the queue or a file, is given back now.
        upcoming.cancel()
        await asyncio.wait([upcoming])
        if not upcoming.cancelled():
            upcoming.exception()
        await parts.aclose()


def client_of(request: Request) -> Client:
    """Who sent a request to a route that `needs` something."""
    client: Client = request.state.client
    return client
