"""`/v1/formats` and `/v1/convert`: documents in every format that is written to one stream."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from bioweave.document import Document
from bioweave.formats import FORMAT_TABLE, open_writer
from bioweave.service.keys import Scope
from bioweave.service.media_types import NDJSON, content_type
from bioweave.service.problems import ProblemError, responses
from bioweave.service.routes.asking import asking_of
from bioweave.service.routes.guarding import client_of, needs
from bioweave.service.routes.schemas import ANNOTATE_BODIES
from bioweave.service.state import state_of

router = APIRouter(prefix="/v1", tags=["annotation"])

# brat is two files, Parquet wants the extra `scale`, and a text has no mentions.
Name = Literal["jsonl", "bioc-json", "bioc-xml", "pubtator", "conll", "csv", "html"]
_TYPES: dict[str, str] = {
    "jsonl": NDJSON,
    "bioc-json": "application/vnd.bioc+json",
    "bioc-xml": "application/vnd.bioc+xml",
    "pubtator": "text/x-pubtator",
    "conll": "text/plain",
    "csv": "text/csv",
    "html": "text/html",
}


class FormatBody(BaseModel):
    """A format that documents are converted to."""

    name: str
    suffix: str
    media_type: str


class FormatsBody(BaseModel):
    """All formats."""

    formats: tuple[FormatBody, ...]


@router.get(
    "/formats",
    summary="The formats that /v1/convert writes",
    dependencies=[needs(Scope.ANNOTATE)],
)
async def formats() -> FormatsBody:
    """Each with the suffix of its files and its content type."""
    return FormatsBody(
        formats=tuple(
            FormatBody(name=name, suffix=FORMAT_TABLE[name].suffixes[0], media_type=media_type)
            for name, media_type in _TYPES.items()
        )
    )


@router.post(
    "/convert",
    summary="Write documents in another format",
    dependencies=[needs(Scope.ANNOTATE)],
    openapi_extra={"requestBody": ANNOTATE_BODIES},
    response_class=Response,
    responses={
        200: {
            "description": "The documents",
            "headers": {
                "Bioweave-Lost": {
                    "description": "What the format has no place for, if anything was lost.",
                    "schema": {"type": "string"},
                }
            },
            "content": {one: {} for one in dict.fromkeys(_TYPES.values())},
        },
        **responses(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.REQUEST_TIMEOUT,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.UNPROCESSABLE_ENTITY,
        ),
    },
)
async def convert(
    request: Request, to: Annotated[Name, Query(description="The format to write.")]
) -> Response:
    """Documents with whatever they hold, mentions for example, as a file; no model is asked.

    One that cannot be read is a problem, and nothing is written.
    """
    body_type = content_type(request.headers.get("content-type"))
    if body_type == NDJSON:
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send documents as one JSON object")
    owner = client_of(request).key_id
    async with asking_of(request, body_type) as asking:
        if asking.failed:
            told = "; ".join(f"{one.document_id}: {one.reason}" for one in asking.failed[:3])
            raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, told)
        n_characters = sum(len(one.text) for one in asking.documents)
        with state_of(request).work.accepted(n_characters, owner=owner):
            content, lost = await asyncio.to_thread(_written, asking.documents, to)
    headers = {"Content-Disposition": f'attachment; filename="bioweave{_suffix(to)}"'}
    if lost:
        headers["Bioweave-Lost"] = lost
    return Response(content, media_type=_TYPES[to], headers=headers)


def _written(documents: Sequence[Document], to: str) -> tuple[bytes, str]:
    """The bytes, and what the format could not hold."""
    stream = io.BytesIO()
    try:
        with open_writer(stream, to) as writer:
            for document in documents:
                writer.write(document)
    except (TypeError, ValueError, RecursionError) as error:
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"what the documents hold has no form in {to}: {type(error).__name__}",
        ) from None
    return stream.getvalue(), "; ".join(str(loss.part) for loss in writer.losses)


def _suffix(name: str) -> str:
    return FORMAT_TABLE[name].suffixes[0]
