"""The id columns of PubTator and its kin: several ids in one string."""

from __future__ import annotations

import re

# A variant spells itself with bars (`c|DEL||32;Gene:1234`, `tmVar:p|SUB|S|276|T`): one id.
_VARIANT = re.compile(r"(?:tmVar:)?[cgmnrp]\|[A-Za-z]+\|")
_SEPARATORS = re.compile(r"[|+;,]")
_NO_ID = ("", "-", "-1")


def split_ids(column: str) -> tuple[str, ...]:
    """The ids that a column names; `-1`, `-` and nothing name none.

    >>> split_ids("D006470|D003556"), split_ids("-1")
    (('D006470', 'D003556'), ())
    """
    column = column.strip()
    if _VARIANT.match(column):
        return (column,)
    parts = (part.strip() for part in _SEPARATORS.split(column))
    return tuple(part for part in parts if part not in _NO_ID)


def join_ids(ids: tuple[str, ...]) -> str | None:
    """A column that `split_ids` takes apart into the same ids, None if there is none.

    >>> join_ids(("D006470", "D003556"))
    'D006470|D003556'
    """
    columns = (separator.join(ids) for separator in "|;")
    return next((column for column in columns if split_ids(column) == ids), None)
