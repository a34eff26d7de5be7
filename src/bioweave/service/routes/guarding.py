"""What a route asks of whoever calls it: `needs(Scope.READ)` stands beside its path."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Security
from fastapi.security import HTTPBearer, SecurityScopes
from fastapi.security.http import HTTPAuthorizationCredentials

from bioweave.service.admission import Client
from bioweave.service.keys import Scope
from bioweave.service.state import state_of

KEY_SCHEME = "key"
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
) -> None:
    admission = state_of(request).admission
    key = None if credentials is None else credentials.credentials
    address = "unknown" if request.client is None else request.client.host
    client = await admission.client(key, address)
    # The answer's header fields tell where it stands, whatever comes of the request.
    request.state.client = client
    for scope in wanted.scopes:
        admission.admit(client, Scope(scope))


def needs(scope: Scope) -> Any:
    """A dependency for a route: it answers holders of a key with this scope alone.

    Where nobody needs a key it answers all, as often as an address may ask. FastAPI tells it in the
    OpenAPI description.
    """
    return Security(_admitted, scopes=[scope.value])


def client_of(request: Request) -> Client:
    """Who sent a request to a route that `needs` something."""
    client: Client = request.state.client
    return client
