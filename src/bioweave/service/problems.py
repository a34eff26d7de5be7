"""What goes wrong, as answers: application/problem+json (RFC 9457)."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from bioweave.errors import BioweaveError, ConfigurationError, InputError

MEDIA_TYPE = "application/problem+json"

_log = logging.getLogger(__name__)


class ProblemBody(BaseModel):
    """The body of every answer that is no success."""

    type: str = Field(default="about:blank", description="What kind of problem it is, as a URI.")
    title: str = Field(description="The HTTP status in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What was wrong, and what to do about it.")


class ProblemError(Exception):
    """Ends a request with a status and the advice what to do."""

    def __init__(
        self, status: HTTPStatus, detail: str, *, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}


def too_busy(seconds: float) -> ProblemError:
    """The answer to what cannot wait its turn: when to come again."""
    after = max(1, round(seconds))
    return ProblemError(
        HTTPStatus.TOO_MANY_REQUESTS,
        f"too much text is waiting already; try again in {after} s",
        headers={"Retry-After": str(after)},
    )


def problem_response(problem: ProblemError) -> JSONResponse:
    """A problem as the answer to a request."""
    # What was sent may stand in it, and need not be UTF-8.
    detail = problem.detail.encode("utf-8", "backslashreplace").decode()
    body = ProblemBody(title=problem.status.phrase, status=int(problem.status), detail=detail)
    return JSONResponse(
        body.model_dump(), int(problem.status), headers=problem.headers, media_type=MEDIA_TYPE
    )


def internal_error() -> ProblemError:
    """The answer to what nobody foresaw."""
    return ProblemError(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "something went wrong here; the service's log has the kind of error",
    )


def responses(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """These statuses for a route's `responses`."""
    schema = {"$ref": "#/components/schemas/ProblemBody"}
    return {
        int(status): {"description": status.phrase, "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


def answer_problems(application: FastAPI) -> None:
    """Make every exception an answer of this kind."""

    @application.exception_handler(ProblemError)
    def of_ours(_: Request, error: ProblemError) -> JSONResponse:
        return problem_response(error)

    @application.exception_handler(BioweaveError)
    def of_the_package(_: Request, error: BioweaveError) -> JSONResponse:
        asked_wrongly = isinstance(error, InputError | ConfigurationError)
        status = (
            HTTPStatus.UNPROCESSABLE_ENTITY if asked_wrongly else HTTPStatus.INTERNAL_SERVER_ERROR
        )
        return problem_response(ProblemError(status, str(error)))

    @application.exception_handler(SQLAlchemyError)
    def of_the_database(_: Request, error: SQLAlchemyError) -> JSONResponse:
        _log.error("the database: %s", type(error).__name__)
        return problem_response(
            ProblemError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "the database does not answer; try again in a moment",
                headers={"Retry-After": "5"},
            )
        )

    @application.exception_handler(RequestValidationError)
    def of_parameters(_: Request, error: RequestValidationError) -> JSONResponse:
        return problem_response(
            ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, _told(error.errors()))
        )

    @application.exception_handler(HTTPException)
    def of_the_framework(request: Request, error: HTTPException) -> JSONResponse:
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            # The framework knows only the first of the routes that share a path.
            headers["Allow"] = ", ".join(sorted(_methods(request)))
        return problem_response(
            ProblemError(HTTPStatus(error.status_code), str(error.detail), headers=headers)
        )


def _methods(request: Request) -> set[str]:
    """What can be done at the path of a request."""
    path = request.scope["path"]
    # Those of included routers do not stand in the application's own list.
    routes = list(iter_route_contexts(request.app.routes))
    matching = [one for one in routes if one.path_regex.match(path)]
    return {method for route in matching for method in route.methods or ()}


def _told(errors: Any) -> str:
    said = []
    for one in errors:
        where = ".".join(str(part) for part in one["loc"] if part not in ("body", "query"))
        said.append(f"{where}: {one['msg']}" if where else one["msg"])
    return "; ".join(said)
