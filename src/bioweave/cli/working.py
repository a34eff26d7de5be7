"""A sign of life while something takes seconds."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from rich.console import Console


def working(what: str) -> AbstractContextManager[Any]:
    """Shows on a terminal that work is going on; elsewhere nothing."""
    console = Console(stderr=True)
    return console.status(what) if console.is_terminal else nullcontext()
