"""A request's body: all of it, or line by line, within the limits and unpacked."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request

from bioweave.service.admission.arriving import Room
from bioweave.service.problems import ProblemError
from bioweave.service.settings import Limits

_AS_GZIP = 16 + zlib.MAX_WBITS
_PIECE = 1 << 16


async def read_body(request: Request, limits: Limits, room: Room) -> bytes:
    """The whole body, unpacked.

    Raises ProblemError 413 for too much of it, 408 where it takes too long to arrive, 415 for a
    coding that is not read, 400 for damaged gzip, and 429 where there is no room for it.
    """
    body = bytearray()
    async for chunk in body_chunks(request, limits):
        room.cover(len(body) + len(chunk))
        body += chunk
    return bytes(body)


def refuse_long(request: Request, limits: Limits) -> None:
    """Problem 413 for a body that says itself that there is too much of it."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limits.body_bytes:
        raise _too_large(limits.body_bytes)


async def body_lines(request: Request, limits: Limits) -> AsyncIterator[bytes]:
    """The body's lines that are not empty, as they arrive; see `read_body` for what it raises.

    Here the limit is that of each line, with the empty ones before it: a stream may be as long as
    it likes.
    """
    line = bytearray()
    n_empty = 0
    async for chunk in body_chunks(request, limits, is_endless=True):
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            line += end
            if line.strip():
                yield bytes(line)
                n_empty = 0
            n_empty += 1
            line.clear()
        line += rest
        if len(line) + n_empty > limits.line_bytes:
            raise _too_large(limits.line_bytes, "in a line")
        # What swells from a few bytes of gzip must not keep the others waiting.
        await asyncio.sleep(0)
    if line.strip():
        yield bytes(line)


async def body_chunks(
    request: Request, limits: Limits, *, is_endless: bool = False
) -> AsyncGenerator[bytes, None]:
    """The body's bytes, unpacked."""
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip", "x-gzip"):
        raise ProblemError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"the content coding {coding} is not read here; send gzip, or the body as it is",
        )
    if not is_endless:
        refuse_long(request, limits)
    unpacking = _Unpacking() if coding != "identity" else None
    n_bytes = 0
    async for chunk in _arriving(request, limits, is_endless=is_endless):
        for piece in unpacking(chunk) if unpacking else (chunk,):
            n_bytes += len(piece)
            if not is_endless and n_bytes > limits.body_bytes:
                raise _too_large(limits.body_bytes)
            yield piece
    if unpacking is not None and not unpacking.is_complete:
        raise _damaged()


async def _arriving(request: Request, limits: Limits, *, is_endless: bool) -> AsyncIterator[bytes]:
    """The bytes as they are sent; a stream has the time for each part, a body for all of it."""
    stream = request.stream()
    clock = asyncio.get_running_loop().time
    deadline = clock() + limits.upload_seconds
    while True:
        if is_endless:
            # Only now: how long its parts are worked on is not the client's fault.
            deadline = clock() + limits.upload_seconds
        try:
            async with asyncio.timeout_at(deadline):
                chunk = await anext(stream, None)
        except TimeoutError:
            raise ProblemError(
                HTTPStatus.REQUEST_TIMEOUT,
                f"the body did not arrive within {limits.upload_seconds:g} s; send it again, or "
                f"less of it at a time",
            ) from None
        except ClientDisconnect:
            raise ProblemError(
                HTTPStatus.BAD_REQUEST, "the body broke off; send it again"
            ) from None
        if chunk is None:
            return
        yield chunk


class _Unpacking:
    """Gzip, one member or several, piece by piece: whoever counts can stop what swells."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_AS_GZIP)

    def __call__(self, packed: bytes) -> Iterator[bytes]:
        try:
            while packed:
                if self._member.eof:
                    self._member = zlib.decompressobj(_AS_GZIP)
                piece = self._member.decompress(packed, _PIECE)
                if piece:
                    yield piece
                packed = self._member.unused_data or self._member.unconsumed_tail
        except zlib.error:
            raise _damaged() from None

    @property
    def is_complete(self) -> bool:
        return self._member.eof


def _damaged() -> ProblemError:
    return ProblemError(HTTPStatus.BAD_REQUEST, "the body is no whole gzip; pack it again")


def _too_large(n_bytes: int, where: str = "(unpacked)") -> ProblemError:
    return ProblemError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"more than {n_bytes:,} bytes {where}; send fewer documents at a time, stream them as "
        f"application/x-ndjson, or leave them at /v1/jobs",
    )
