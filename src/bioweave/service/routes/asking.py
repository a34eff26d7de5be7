"""What a request brings, read within its limits and without keeping others waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

from fastapi import Request

from bioweave.service.bodies import read_body, refuse_long
from bioweave.service.documents import Asking, documents_in
from bioweave.service.routes.guarding import client_of
from bioweave.service.state import state_of

# Parsing so much takes about a millisecond: a thread costs less than others would wait.
_LONG = 1 << 16

T = TypeVar("T")


@asynccontextmanager
async def asking_of(request: Request, media_type: str) -> AsyncIterator[Asking]:
    """The documents of a body, paid for unless what is done with them is refused with 429.

    Raises what `read_body` and `documents_in` raise, and ProblemError 429 where the client has had
    as much text annotated as it may.
    """
    state = state_of(request)
    limits = state.settings.limits
    # To come again would not help, however much waits now.
    refuse_long(request, limits)
    declared = request.headers.get("content-length", "")
    # What would not be taken is refused unread. It keeps no place yet: who declares much and sends
    # nothing would keep out all others.
    owner = client_of(request).key_id
    with state.work.accepted(int(declared) if declared.isdigit() else _LONG, owner=owner):
        pass
    with state.admission.arriving.body(owner) as room:
        body = await read_body(request, limits, room)
        asking = partial(documents_in, body, media_type, n_characters=limits.body_bytes)
        found = await aside(len(body) > _LONG, asking)
    n_characters = sum(len(one.text) for one in found.documents)
    with client_of(request).standing.paying("characters", n_characters):
        yield found


async def aside(is_long: bool, function: Callable[[], T]) -> T:
    """What the function returns: from a thread where it takes long."""
    return await asyncio.to_thread(function) if is_long else function()
