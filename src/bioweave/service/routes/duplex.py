"""An answer that is sent while the request's body still arrives."""

from __future__ import annotations

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send


class DuplexResponse(StreamingResponse):
    """A streamed answer whose generator reads the request as it goes.

    Starlette's own listens for a disconnect beside it, and would swallow the body's parts.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; the generator notices by itself when the client has gone."""
        await self.stream_response(send)
