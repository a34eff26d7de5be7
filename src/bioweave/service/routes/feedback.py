"""`/v1/feedback`: what people correct."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from bioweave.document import Document, Mention
from bioweave.service.bodies import read_body
from bioweave.service.feedback import Correction, corrected
from bioweave.service.keys import Scope
from bioweave.service.media_types import JSON, NDJSON, content_type
from bioweave.service.problems import ProblemError, responses
from bioweave.service.routes.asking import aside
from bioweave.service.routes.feedback_bodies import (
    FEEDBACK_BODY,
    FeedbackBody,
    LabelCounts,
    RemovedBody,
    SentFeedback,
    TermsBody,
)
from bioweave.service.routes.feedback_lines import document_line, joined, record_line
from bioweave.service.routes.guarding import client_of, needs, while_admitted
from bioweave.service.served_models import Asked, Options
from bioweave.service.state import State, state_of
from bioweave.service.storage import Feedback, ServedBundle

router = APIRouter(prefix="/v1", tags=["feedback"])

# More is parsed aside, lest other requests wait for it.
_LONG = 1 << 16

FeedbackId = Annotated[
    str, Path(pattern="^[0-9a-f]{32}$", description="As the correction was answered.")
]


@router.post(
    "/feedback",
    status_code=HTTPStatus.CREATED,
    summary="Send what is right instead of what was found",
    dependencies=[needs(Scope.FEEDBACK)],
    openapi_extra={"requestBody": FEEDBACK_BODY},
    responses={
        200: {"description": "Kept, in the place of an earlier one", "model": FeedbackBody},
        **responses(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.REQUEST_TIMEOUT,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            HTTPStatus.TOO_MANY_REQUESTS,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ),
    },
)
async def send(request: Request, response: Response) -> FeedbackBody:
    """All mentions that a model found in a document, and all that are right, corrected or not.

    What is kept are offsets, labels, ids of concepts, and keyed hashes of the text and of the
    document's id; the text and the comment only where the service was started with --store-text.
    A second correction of the same document and model takes the place of the first.
    """
    state = state_of(request)
    if content_type(request.headers.get("content-type")) != JSON:
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send {JSON}")
    with state.admission.arriving.body(client_of(request).key_id) as room:
        body = await read_body(request, state.settings.limits, room)
        sent = await aside(len(body) > _LONG, partial(_parsed, body))
        bundle = await _answering(state, sent)
        checked = partial(_checked, state, sent, bundle)
        correction, offer = await aside(len(body) > _LONG, checked)
    # What is kept takes its place: so a correction counts by its body, not by its text alone.
    client = client_of(request)
    client.standing.take("characters", len(body))
    try:
        kept, is_replaced = await state.storage(_kept, state, correction, client.key_id or "")
    except SQLAlchemyError:
        client.standing.give_back("characters", len(body))
        raise
    state.monitor.metrics.feedback(correction.model)
    if offer is not None and state.shadow is not None:
        state.shadow.offer_corrected(*offer)
    if is_replaced:
        response.status_code = HTTPStatus.OK
    return FeedbackBody(
        id=kept.id,
        created=kept.created,
        expires=kept.created + timedelta(days=state.settings.feedback_days),
        replaced=is_replaced,
        text_kept=kept.kept is not None,
        counts={
            label: LabelCounts(right=one[0], wrong=one[1], missed=one[2])
            for label, one in kept.counts.items()
        },
    )


@router.get(
    "/feedback-terms",
    summary="What becomes of corrections",
    dependencies=[needs(Scope.FEEDBACK)],
)
async def terms(request: Request) -> TermsBody:
    """Whether their text is kept, and for how long they are."""
    settings = state_of(request).settings
    return TermsBody(text_kept=settings.store_text, days=settings.feedback_days)


@router.get(
    "/feedback",
    summary="All corrections",
    dependencies=[needs(Scope.ADMIN)],
    response_class=Response,
    responses={
        200: {"content": {NDJSON: {"schema": {"type": "string"}}}},
        **responses(HTTPStatus.SERVICE_UNAVAILABLE),
    },
)
async def export(
    request: Request,
    form: Annotated[
        Literal["records", "documents"],
        Query(
            description="What is kept of each, or documents with the right mentions, as "
            "`bioweave train` reads them: those whose text was kept."
        ),
    ] = "records",
) -> Response:
    """One a line, in the order in which they came."""
    state = state_of(request)
    parts = state.feedback.all(with_text=form == "documents")
    line = document_line if form == "documents" else record_line
    # Waited for, so that a database that is away still has a status of its own.
    first = await state.storage(next, parts, None)
    lines = _lines(state, first, parts, line)
    return StreamingResponse(while_admitted(request, lines), media_type=NDJSON)


@router.delete(
    "/feedback",
    summary="Remove all corrections of a document",
    dependencies=[needs(Scope.FEEDBACK)],
    responses=responses(HTTPStatus.SERVICE_UNAVAILABLE),
)
async def remove_document(
    request: Request,
    document: Annotated[
        str, Query(max_length=1000, description="The document's id, as it was sent.")
    ],
) -> RemovedBody:
    """Whatever model they are of: those that the same key sent, or all, with the scope admin."""
    state = state_of(request)
    named = state.identity.of_document(document)
    remove = partial(state.feedback.remove_document, named, key_id=_may_remove(request))
    return RemovedBody(removed=await state.storage(remove))


@router.delete(
    "/feedback/{feedback_id}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Remove a correction",
    dependencies=[needs(Scope.FEEDBACK)],
    responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE),
)
async def remove(request: Request, feedback_id: FeedbackId) -> None:
    """At once, and out of the figures with the next evaluation.

    One that another key sent is not there, but for the scope admin.
    """
    state, key_id = state_of(request), _may_remove(request)
    if not await state.storage(state.feedback.remove, feedback_id, key_id=key_id):
        raise ProblemError(
            HTTPStatus.NOT_FOUND, f"there is no correction {feedback_id}; it may have expired"
        )


def _parsed(body: bytes) -> SentFeedback:
    try:
        return SentFeedback.model_validate_json(body)
    except ValidationError as error:
        raise _unreadable(error) from None


async def _answering(state: State, sent: SentFeedback) -> ServedBundle:
    """The bundle whose answer is corrected: it need not be served any more.

    One that nobody remembers is taken for what is served under that name now. Raises
    UnknownModelError where nothing is.
    """
    served = state.models.as_it_was(sent.model, sent.fingerprint)
    if served is None:
        kept = await state.storage(state.served.find, sent.fingerprint)
        if kept is not None and kept.name == sent.model:
            return kept
        served = state.models.named(sent.model)
        if kept is not None:
            return replace(kept, name=served.name)
    return ServedBundle(served.fingerprint, served.name, tuple(served.bundle.manifest.labels))


def _checked(
    state: State, sent: SentFeedback, bundle: ServedBundle
) -> tuple[Correction, tuple[Asked, Document, list[Mention]] | None]:
    """The correction, and what a challenger may see of it: only what the champion found."""
    document = sent.plain_document
    found, correct = (
        [one.of(document.text) for one in mentions] for mentions in (sent.found, sent.correct)
    )
    correction = corrected(
        document,
        found=found,
        correct=correct,
        labels=bundle.labels,
        model=bundle.name,
        fingerprint=sent.fingerprint,
        mode=sent.mode,
        comment=sent.comment,
    )
    served = state.models.as_it_was(sent.model, sent.fingerprint)
    if served is None:
        return correction, None
    asked = Asked(served, Options(mode=sent.mode))
    return correction, (asked, document.with_mentions(found), correct)


def _may_remove(request: Request) -> str | None:
    """Whose corrections: those of the key that asks; of anyone, where it may do anything."""
    holder = client_of(request).holder
    return None if holder is None or Scope.ADMIN in holder.scopes else holder.key_id


def _kept(state: State, correction: Correction, key_id: str) -> tuple[Feedback, bool]:
    document = correction.document
    text = {"id": document.id, "text": document.text, "comment": correction.comment}
    return state.feedback.put(
        key_id=key_id,
        model=correction.model,
        fingerprint=correction.fingerprint,
        mode=correction.mode,
        document=state.identity.of_document(document.id),
        text_hash=state.identity.of_text(document.text),
        n_characters=len(document.text),
        found=[list(one) for one in correction.found],
        correct=[list(one) for one in correction.correct],
        counts={label: list(one) for label, one in correction.counts.items()},
        kept=text if state.settings.store_text else None,
    )


def _unreadable(error: ValidationError) -> ProblemError:
    [first, *_] = error.errors(include_url=False, include_context=False, include_input=False)
    is_json = first["type"] != "json_invalid"
    where = ".".join(map(str, first["loc"]))
    return ProblemError(
        HTTPStatus.UNPROCESSABLE_ENTITY if is_json else HTTPStatus.BAD_REQUEST,
        f"{where}: {first['msg']}" if where else first["msg"],
    )


async def _lines(
    state: State, first: list[Feedback] | None, parts: Iterator[list[Feedback]], line: Any
) -> AsyncGenerator[bytes, None]:
    part = first
    while part is not None:
        yield await asyncio.to_thread(joined, part, line)
        part = await state.storage(next, parts, None)
