"""Commands that need an extra say so, instead of showing a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bioweave.errors import MissingExtraError


@contextmanager
def needs_extra(extra: str, needed_for: str) -> Iterator[None]:
    """Wraps imports of a room that stands on an extra's libraries.

    Raises MissingExtraError, naming the library, when one of them is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library in ("", "bioweave"):
            raise
        raise MissingExtraError(library, extra=extra, needed_for=needed_for) from error
