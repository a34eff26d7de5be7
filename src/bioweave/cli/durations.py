"""Lengths of time as options have them: 30m, 24h, 90d."""

from __future__ import annotations

import re
from datetime import timedelta

from bioweave.errors import ConfigurationError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def read_duration(text: str, option: str) -> timedelta:
    """The length of time. Raises ConfigurationError where it is none, or is out of all reason.

    >>> read_duration("90d", "--expires")
    datetime.timedelta(days=90)
    >>> read_duration("0", "--grace")
    datetime.timedelta(0)
    """
    if text.strip() == "0":
        return timedelta()
    found = re.fullmatch(r"(\d{1,6})([smhdw])", text.strip())
    if found is None:
        raise ConfigurationError(
            f"{option} {text}: expected a number and one of s, m, h, d, w, as in 24h or 90d"
        )
    length = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if length > timedelta(days=36_525):
        raise ConfigurationError(f"{option} {text}: more than a hundred years")
    return length
