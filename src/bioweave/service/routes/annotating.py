"""`POST /v1/annotate`: documents in, documents with mentions out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from bioweave.document import Document
from bioweave.service.batching import Refused
from bioweave.service.bodies import body_lines
from bioweave.service.documents import Failed, body_of, document_in, line_of, writable
from bioweave.service.keys import Scope
from bioweave.service.media_types import NDJSON, answer_type, content_type
from bioweave.service.problems import ProblemError, responses
from bioweave.service.routes.asking import aside, asking_of
from bioweave.service.routes.duplex import DuplexResponse
from bioweave.service.routes.guarding import client_of, needs, while_admitted
from bioweave.service.routes.schemas import ANNOTATE_ANSWERS, ANNOTATE_BODIES
from bioweave.service.served_models import Asked, Options, with_labels
from bioweave.service.state import state_of

router = APIRouter(prefix="/v1", tags=["annotation"])

# More than these are written aside, lest other requests wait for it.
_FEW = 20

Model = Annotated[
    str | None, Query(description="Which model answers; by default the first of /v1/models.")
]
Mode = Annotated[
    Literal["precision", "balanced", "recall"],
    Query(description="Fewer and surer mentions, the default, or also less probable ones."),
]
Labels = Annotated[
    str | None,
    Query(description="Only these labels, with commas between them.", examples=["Disease"]),
]
Link = Annotated[bool, Query(description="Give the mentions their concepts.")]


@router.post(
    "/annotate",
    summary="Find mentions in one document or in many",
    dependencies=[needs(Scope.ANNOTATE)],
    openapi_extra={"requestBody": ANNOTATE_BODIES},
    response_class=Response,
    responses={
        200: ANNOTATE_ANSWERS,
        **responses(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.NOT_ACCEPTABLE,
            HTTPStatus.REQUEST_TIMEOUT,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            HTTPStatus.TOO_MANY_REQUESTS,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ),
    },
)
async def annotate(
    request: Request,
    model: Model = None,
    mode: Mode = "balanced",
    labels: Labels = None,
    link: Link = False,
) -> Response:
    """One text, or documents in any of the formats that are named here, by Content-Type.

    The answer has the form that Accept asks for, by itself that of the request. `{"text": ...}` and
    plain text are answered with one document. Documents that could not be read or annotated stand
    in `failed`; in a format without a place for them, the header Bioweave-Failed counts them, and
    there is no answer but a problem where none is left.

    application/x-ndjson is a stream: a document a line in, and a line out for each as soon as it is
    done, however many there are.
    """
    body_type = content_type(request.headers.get("content-type"))
    wanted = answer_type(request.headers.get("accept"), body_type)
    state = state_of(request)
    options = with_labels(Options(mode=mode, link=link), labels)
    served = state.models.named(model)
    # What cannot be had is said before a long body is read.
    served.annotator(options)
    asked = Asked(served, options)
    if body_type == NDJSON:
        return await _streamed(request, asked, wanted)
    owner = client_of(request).key_id
    async with asking_of(request, body_type) as asking:
        found = await state.work.annotate(asked, asking.documents, owner=owner)
    failed = [*asking.failed, *(_failed(one) for one in found if isinstance(one, Refused))]
    checked = [writable(one) for one in found if isinstance(one, Document)]
    failed += [one for one in checked if isinstance(one, Failed)]
    documents = [one for one in checked if isinstance(one, Document)]
    if failed and not documents:
        _refuse(found, failed)
    body = await aside(
        len(documents) > _FEW,
        partial(body_of, documents, failed, wanted, is_single=asking.is_single),
    )
    headers = {"Bioweave-Fingerprint": served.fingerprint}
    if failed:
        headers["Bioweave-Failed"] = str(len(failed))
    return Response(body, media_type=wanted, headers=headers)


async def _streamed(request: Request, asked: Asked, wanted: str) -> Response:
    if wanted != NDJSON:
        raise ProblemError(
            HTTPStatus.NOT_ACCEPTABLE, f"a stream of {NDJSON} is answered with {NDJSON} alone"
        )
    state = state_of(request)
    owner = client_of(request).key_id
    stream = state.work.annotate_stream(asked, _lines(request), owner=owner)
    answers = while_admitted(request, stream)
    # The first answer is waited for, so that an overload still has a status of its own.
    first = await anext(answers, None)

    async def lines() -> AsyncIterator[bytes]:
        if first is None:
            return
        yield _line(first)
        try:
            async for one in answers:
                yield _line(one)
        except ProblemError as problem:
            # The status is sent already.
            yield line_of(Failed(None, problem.detail))

    headers = {"Bioweave-Fingerprint": asked.model.fingerprint}
    return DuplexResponse(lines(), media_type=NDJSON, headers=headers)


async def _lines(request: Request) -> AsyncIterator[Document | Failed]:
    number = 0
    standing = client_of(request).standing
    async for line in body_lines(request, state_of(request).settings.limits):
        number += 1
        found = document_in(line, number)
        if isinstance(found, Document):
            # A stream that brings more than its client may goes on as fast as it may.
            await standing.wait_for("characters", len(found.text))
        yield found


def _line(one: Any) -> bytes:
    return line_of(_failed(one) if isinstance(one, Refused) else writable(one))


def _failed(one: Refused) -> Failed:
    return Failed(one.document.id, one.reason)


def _refuse(found: list[Document | Refused], failed: list[Failed]) -> None:
    """Nothing could be done: whose fault it was decides the status."""
    is_ours = any(isinstance(one, Refused) and one.is_ours for one in found)
    reasons = "; ".join(f"{one.document_id}: {one.reason}" for one in failed[:3])
    more = f" (and {len(failed) - 3} more)" if len(failed) > 3 else ""
    raise ProblemError(
        HTTPStatus.INTERNAL_SERVER_ERROR if is_ours else HTTPStatus.UNPROCESSABLE_ENTITY,
        f"no document could be annotated: {reasons}{more}",
    )
