"""`/healthz`, `/readyz` and `/metrics`: for whoever watches the service."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from bioweave.service.problems import ProblemError, responses
from bioweave.service.state import state_of

router = APIRouter(tags=["operation"])


class Status(BaseModel):
    """That all is well."""

    status: str = "ok"


@router.get("/healthz", summary="Whether the process answers")
async def healthz() -> Status:
    """Answers as long as the process lives."""
    return Status()


@router.get(
    "/readyz",
    summary="Whether documents are annotated",
    responses=responses(HTTPStatus.SERVICE_UNAVAILABLE),
)
async def readyz(request: Request) -> Status:
    """Answers 503 where requests should go elsewhere; a database that is away stops jobs alone."""
    if not state_of(request).work.is_working:
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "the annotating threads do not work")
    if not state_of(request).runner.is_working:
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "no job is worked on any more")
    return Status()


@router.get(
    "/metrics",
    summary="Measurements for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    """Everything that is counted, in Prometheus' text format."""
    return Response(state_of(request).metrics.exposition(), media_type=CONTENT_TYPE_LATEST)
