"""`/`: the web page, and what it is made of."""

from __future__ import annotations

from http import HTTPStatus
from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import Response

from bioweave.service.problems import ProblemError

router = APIRouter(include_in_schema=False)

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# Read once: what a request can get is what lies in the package, whatever path it names.
_ASSETS = {
    one.name: (one.read_bytes(), _TYPES[one.name[one.name.rindex(".") :]])
    for one in files("bioweave.service").joinpath("page").iterdir()
    if one.name[one.name.rfind(".") :] in _TYPES
}


@router.get("/")
async def page() -> Response:
    """The page itself."""
    return asset_response("index.html")


@router.get("/assets/{name}")
async def asset(name: str) -> Response:
    """A script, a style or a picture of the page."""
    return asset_response(name)


def asset_response(name: str) -> Response:
    """A file of the page, or problem 404."""
    if name not in _ASSETS:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no {name} here")
    content, media_type = _ASSETS[name]
    # Asked for again each time: after an update no old script meets a new page.
    return Response(content, media_type=media_type, headers={"Cache-Control": "no-cache"})
