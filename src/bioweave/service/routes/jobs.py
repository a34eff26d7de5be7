"""`/v1/jobs`: large uploads, progress, results."""

from __future__ import annotations

import asyncio
import errno
import io
import re
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError

from bioweave.service.admission import Upload
from bioweave.service.bodies import body_chunks
from bioweave.service.documents import refuse_packed
from bioweave.service.jobs.attempt import asked_to_json
from bioweave.service.keys import Scope
from bioweave.service.media_types import JSON, NDJSON, TEXT, content_type
from bioweave.service.problems import ProblemError, responses
from bioweave.service.routes.annotating import Labels, Link, Mode, Model
from bioweave.service.routes.guarding import client_of, needs, while_admitted
from bioweave.service.routes.schemas import JOB_BODIES
from bioweave.service.served_models import Asked, Options, with_labels
from bioweave.service.state import State, state_of
from bioweave.service.storage import Job

router = APIRouter(prefix="/v1/jobs", tags=["jobs"], dependencies=[needs(Scope.JOBS)])

JobId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="As the upload was answered.")]
_PIECE = 1 << 18


class JobBody(BaseModel):
    """A job and how far it is."""

    id: str
    state: str = Field(description="waiting, running, done or failed.")
    created: datetime
    expires: datetime = Field(description="When it and everything of it is removed.")
    documents_done: int
    documents_failed: int = Field(description="Of those done: they stand in the result as failed.")
    reason: str | None = Field(description="Why all of it failed.")


@router.post(
    "",
    status_code=HTTPStatus.ACCEPTED,
    summary="Leave many documents to be annotated",
    openapi_extra={"requestBody": JOB_BODIES},
    responses=responses(
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.INSUFFICIENT_STORAGE,
    ),
)
async def leave(
    request: Request,
    response: Response,
    model: Model = None,
    mode: Mode = "balanced",
    labels: Labels = None,
    link: Link = False,
) -> JobBody:
    """Documents in any form that /v1/annotate reads, but for JSON, in whose place NDJSON stands.

    Answered as soon as all of it has arrived. Its text is kept, readable for the service alone,
    until it is annotated; the result until it is removed or expires, which is soon after it was
    fetched. Both survive a restart. A job belongs to the key that it was left with.
    """
    state = state_of(request)
    media_type = content_type(request.headers.get("content-type"))
    if media_type == JSON:
        raise ProblemError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"a job is read bit by bit: send documents as {NDJSON}, one a line",
        )
    served = state.models.named(model)
    options = with_labels(Options(mode=mode, link=link), labels)
    served.annotator(options)
    job_id = uuid.uuid4().hex
    owner = client_of(request).key_id
    counted = partial(state.job_counts.usage, result_ratio=state.settings.job_quota.result_ratio)
    usage = await state.storage(counted)
    try:
        with state.admission.uploads.upload(owner, usage) as upload:
            await _receive(request, state, upload, job_id, media_type)
            # What others left meanwhile counts as well.
            upload.renew(await state.storage(counted))
            job = await state.storage(
                state.jobs.add,
                job_id,
                media_type,
                asked_to_json(Asked(served, options)),
                key_id=owner,
                upload_bytes=upload.n_bytes,
            )
    except BaseException as error:
        # The row may be there although nobody heard of it.
        with suppress(SQLAlchemyError):
            await state.storage(state.jobs.remove, job_id)
        await asyncio.to_thread(state.files.remove, job_id)
        if isinstance(error, OSError):
            raise _no_room(error) from None
        raise
    state.runner.wake()
    response.headers["Location"] = f"{router.prefix}/{job_id}"
    return _body(job)


@router.get("/{job_id}", summary="How far a job is", responses=responses(HTTPStatus.NOT_FOUND))
async def progress(request: Request, job_id: JobId) -> JobBody:
    """How many of its documents are through; for the key alone that it was left with."""
    return _body(await _found(request, job_id))


@router.get(
    "/{job_id}/result",
    summary="What came of a job",
    response_class=Response,
    responses={
        200: {"content": {NDJSON: {"schema": {"type": "string"}}}},
        **responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    },
)
async def result(request: Request, job_id: JobId) -> Response:
    """A document a line, in the order of the upload; what failed stands in its place.

    Before it is done the answer is 409 with Retry-After.
    """
    job = await _found(request, job_id)
    if not job.is_over:
        raise ProblemError(
            HTTPStatus.CONFLICT,
            f"the job is {job.state}, {job.n_done} documents are done; come back later",
            headers={"Retry-After": "5"},
        )
    if job.reason is not None:
        raise ProblemError(HTTPStatus.CONFLICT, f"the job failed: {job.reason}")
    try:
        path = state_of(request).files.part(job.id, job.part or "")
        file = await asyncio.to_thread(path.open, "rb")
    except FileNotFoundError:
        raise _unknown(job_id) from None
    # With a length nobody takes half of it for the whole.
    headers = {"Content-Length": str(job.result_bytes)}
    answer = while_admitted(request, _sent(state_of(request), job, file))
    return StreamingResponse(answer, media_type=NDJSON, headers=headers)


@router.delete(
    "/{job_id}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Remove a job and everything of it",
    responses=responses(HTTPStatus.NOT_FOUND),
)
async def remove(request: Request, job_id: JobId) -> None:
    """At once, also while it is worked on."""
    state = state_of(request)
    await _found(request, job_id)
    # Files first, that no kill in between leaves a text behind; and what was written meanwhile.
    await asyncio.to_thread(state.files.remove, job_id)
    was_there = await state.storage(state.jobs.remove, job_id)
    await asyncio.to_thread(state.files.remove, job_id)
    if not was_there:
        raise _unknown(job_id)


async def _receive(
    request: Request, state: State, upload: Upload, job_id: str, media_type: str
) -> None:
    """Keep the body as the job's upload; see `body_chunks` and `Upload` for what it raises."""
    settings = state.settings
    # A text is one document: it goes through memory whole, as any other request's.
    limits = settings.limits if media_type == TEXT else settings.job_limits
    watch = _LineWatch(limits.line_bytes) if media_type == NDJSON else None
    head = b""
    declared = request.headers.get("content-length", "")
    upload.expect(int(declared) if declared.isdigit() else 0)
    file = await asyncio.to_thread(state.files.create_upload, job_id)
    try:
        async for chunk in while_admitted(request, body_chunks(request, limits)):
            if watch is not None:
                watch(chunk)
            if len(head) < 2:
                head += chunk[:2]
                refuse_packed(head)
            upload.grow(len(chunk))
            await asyncio.to_thread(file.write, chunk)
    finally:
        await asyncio.to_thread(state.files.close, file)


class _LineWatch:
    """Raises ProblemError 413 once a line is longer than a document may be."""

    def __init__(self, n_bytes: int) -> None:
        self._most = n_bytes
        self._length = 0

    def __call__(self, chunk: bytes) -> None:
        *ends, rest = chunk.split(b"\n")
        lengths = [len(end) for end in ends] + [len(rest)]
        lengths[0] += self._length
        self._length = lengths[-1]
        if max(lengths) > self._most:
            raise ProblemError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"a line has more than {self._most:,} bytes; a line is one document",
            )


async def _sent(state: State, job: Job, file: io.BufferedReader) -> AsyncGenerator[bytes, None]:
    """The result; once all of it has gone out it is kept for a shorter time."""
    async for piece in _read(file, job.result_bytes):
        yield piece
    kept = timedelta(hours=state.settings.job_fetched_hours)
    # A database that is away keeps the result for longer, which harms nobody who fetches it.
    with suppress(SQLAlchemyError):
        await state.storage(state.jobs.fetched, job.id, kept=kept)


async def _read(file: io.BufferedReader, n_bytes: int) -> AsyncIterator[bytes]:
    with file:
        left = n_bytes
        while left and (piece := await asyncio.to_thread(file.read, min(_PIECE, left))):
            left -= len(piece)
            yield piece


async def _found(request: Request, job_id: str) -> Job:
    state = state_of(request)
    job = await state.storage(state.jobs.find, job_id)
    # Somebody else's is answered as one that is not there.
    if job is None or job.key_id != client_of(request).key_id:
        raise _unknown(job_id)
    return job


def _unknown(job_id: str) -> ProblemError:
    return ProblemError(HTTPStatus.NOT_FOUND, f"there is no job {job_id}; it may have expired")


def _no_room(error: OSError) -> ProblemError:
    reason = re.sub(r"[^\w ]", "", error.strerror or "it cannot be written")
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return ProblemError(
        HTTPStatus.INSUFFICIENT_STORAGE if is_full else HTTPStatus.SERVICE_UNAVAILABLE,
        f"the upload cannot be kept: {reason}; try again later",
        headers={"Retry-After": "60"},
    )


def _body(job: Job) -> JobBody:
    return JobBody(
        id=job.id,
        state=job.state,
        created=job.created,
        expires=job.expires,
        documents_done=job.n_done,
        documents_failed=job.n_failed,
        reason=job.reason,
    )
