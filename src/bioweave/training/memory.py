"""Memory that was freed stays with the process: the next step wants the same again."""

from __future__ import annotations

import ctypes
import sys

# mallopt's parameters (malloc.h).
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_MAX, _M_ARENA_MAX = -1, -2, -4, -8


def keep_freed_memory() -> bool:
    """Tell glibc never to hand memory back; True where that was possible.

    Otherwise each large tensor of each step is mapped anew and its pages are cleared and faulted
    in one by one: on two cores that was a sixth of a MiniLM's step.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False  # another C library, such as musl
    settings = {
        _M_MMAP_MAX: 0,
        _M_TRIM_THRESHOLD: 2**31 - 1,
        _M_TOP_PAD: 2**28,
        # A second arena cannot hold more than 64 MB in one piece.
        _M_ARENA_MAX: 1,
    }
    return all([mallopt(parameter, value) == 1 for parameter, value in settings.items()])


def return_freed_memory() -> bool:
    """Have glibc hand back what is free at the moment; True where there was anything.

    Steps differ in length, so that what was kept of one is in pieces for the next: kept for ever,
    a run of some hours came to hold twice what it needs.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        malloc_trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return False
    return bool(malloc_trim(0))
